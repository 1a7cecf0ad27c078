import { createHash } from 'node:crypto';
import type { App } from '../App.ts';

const style = 'body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }';

/** The page loads nothing, runs nothing, and is styled by what stands in it. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Longline</title>
<style>${style}</style>
<h1>Longline</h1>
<p>This server keeps what ROS robots send over their lines, and carries commands back to them.</p>
<ul>
<li><a href="/api/v1/devices">Devices</a>: every robot that has connected. Then, for one of them:
<code>/api/v1/devices/ID/topics</code>, <code>/api/v1/devices/ID/latest?topic=/NAME</code></li>
<li><a href="/api/v1/standing">Standing commands</a>: what is repeated on robots while somebody holds it</li>
<li><a href="/api/v1/openapi.json">The API</a> as an OpenAPI document</li>
<li><a href="/metrics">Metrics</a>, <a href="/healthz">health</a>, <a href="/readyz">readiness</a></li>
</ul>
<p>No device yet? Start an agent beside a robot, with this server's address:<br>
<code>longline agent --server ws://HOST:PORT --device robot-1 --robot ros1://localhost:11311</code><br>
or with <code>--robot turtlesim:</code> a simulated one.</p>
</html>
`;

/** `GET /`: says what this is, and where to go on. */
export function homeRoute(app: App): void {
  app.get('/', { schema: { summary: 'What this is, for people', tags: ['server'] } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(page),
  );
}
