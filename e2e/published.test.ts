import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startAgent } from '@longline/agent';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { PeerProcess, waitFor } from '@longline/testing';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { START_MS } from './longline.ts';

const root = join(import.meta.dirname, '..');
/** What a page loads for the whole SDK, compressed, at most, in bytes. */
const MAX_BUNDLE_BYTES = 80_000;
const published = ['ros', 'line', 'client'];
/** The page on the SDK as the program that its snippets are, one after another, for a server at that address. */
const pageProgram = (url: string): string =>
  [...readFileSync(join(root, 'docs', 'sdk.md'), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)]
    .map(([, code = '']) => code)
    .join('')
    .replace('http://localhost:8080', url);
const manifestShape = z.looseObject({
  sideEffects: z.literal(false),
  engines: z.object({ node: z.string() }),
  exports: z.record(z.string(), z.record(z.string(), z.string())),
});

let app: string;
let server: Server;
const cleanUps: (() => Promise<unknown>)[] = [];

/** Runs a program of this repository's tools, without what makes them see sources. */
function run(command: string, args: readonly string[], cwd: string): string {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, NODE_OPTIONS: '', PATH: path },
    });
  } catch (error) {
    const said = z.object({ stdout: z.string(), stderr: z.string() }).safeParse(error);
    throw said.success ? new Error(`${command}: ${said.data.stdout}${said.data.stderr}`) : error;
  }
}

/** An empty folder into which the packages are installed as they are published, without a network. */
beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'longline-published-'));
  const tarballs = join(app, 'tarballs');
  mkdirSync(tarballs);
  run(process.execPath, [join(root, 'scripts', 'build.ts'), 'client'], root);
  const others = ['zod', join('@noble', 'hashes')].map((name) => join(root, 'node_modules', name));
  const folders = [...published.map((name) => join(root, 'packages', name)), ...others];
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', tarballs, ...folders], app);
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const files = globSync('*.tgz', { cwd: tarballs }).map((name) => join(tarballs, name));
  run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', ...files], app);

  server = await startServer({ port: 0 });
  const allow = {
    publish: ['/turtle1/cmd_vel', '/note'],
    call: ['/turtle1/set_pen', '/clear'],
    setParameters: ['/turtlesim/*'],
  };
  const agent = await startAgent({ device: '1722', server: server.url, robot: 'turtlesim:', allow });
  cleanUps.push(
    () => agent.stop(),
    () => server.stop(),
  );
  await waitFor(() => server.fleet.device('1722').latest('/turtle1/pose'));
}, 3 * START_MS);

afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
  rmSync(app, { recursive: true, force: true });
});

test.each(published)('%s: what its manifest names is in the package, and nothing that tests', (name) => {
  const folder = join(app, 'node_modules', '@longline', name);
  const { exports } = manifestShape.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const files = globSync('**/*', { cwd: folder });
  const named = Object.values(exports).flatMap((conditions) =>
    ['types', 'default'].flatMap((condition) => conditions[condition]?.replace('./', '') ?? []),
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((file) => !files.includes(file))).toEqual([]);
  expect(files).toContain('LICENSE');
  expect(files.filter((file) => /\.test\.|\.fixture\.|tsbuildinfo/.test(file))).toEqual([]);
  // Every source map leads to a source that is there.
  const maps = files.filter((file) => file.endsWith('.js.map'));
  const sources = maps.map((file) => file.replace('dist', 'src').replace(/\.js\.map$/, '.ts'));
  expect(sources.filter((file) => !files.includes(file))).toEqual([]);
});

test('a program on plain Node watches, reads, calls and drives a robot', { timeout: START_MS }, async () => {
  cpSync(join(import.meta.dirname, 'published', 'program.mjs'), join(app, 'program.mjs'));
  const program = new PeerProcess(process.execPath, [join(app, 'program.mjs'), server.url, '1722'], {
    NODE_OPTIONS: '',
  });
  expect({ code: await program.exited, err: program.stderr }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(program.stdout)).toEqual({
    devices: ['1722'],
    pose: ['x', 'y', 'theta', 'linear_velocity', 'angular_velocity'],
    pen: {},
    refused: 'NOT_ALLOWED',
    noUrl: 'SERVER_URL_INVALID',
    moved: true,
  });
});

test('the page on the SDK is a program that works', { timeout: START_MS }, async () => {
  writeFileSync(join(app, 'page.ts'), pageProgram(server.url));
  const program = new PeerProcess(process.execPath, [join(app, 'page.ts')], { NODE_OPTIONS: '' });
  expect({ code: await program.exited, err: program.stderr }).toEqual({ code: 0, err: '' });
  const signs = ['what follows is new', 'nobody heard it', 'done', 'NOT_ALLOWED', 'LEASE_RELEASED', 'ros1msg'];
  expect(signs.filter((sign) => !program.stdout.includes(sign))).toEqual([]);
});

describe('types', () => {
  test.each(['bundler', 'nodenext'])(
    'the examples and the page are programs of its users, with moduleResolution %s',
    { timeout: START_MS },
    (resolution) => {
      const project = join(app, resolution);
      cpSync(join(root, 'examples', 'sdk'), join(project, 'src'), { recursive: true });
      writeFileSync(join(project, 'src', 'page.ts'), pageProgram(server.url));
      const compilerOptions = {
        strict: true,
        noEmit: true,
        exactOptionalPropertyTypes: true,
        target: 'es2024',
        lib: ['es2024', 'esnext.disposable', 'dom'],
        module: resolution === 'bundler' ? 'esnext' : 'nodenext',
        moduleResolution: resolution,
        // The declarations themselves are checked, too; those of Node belong to the examples.
        skipLibCheck: false,
        typeRoots: [join(root, 'node_modules', '@types')],
        types: ['node'],
      };
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
      expect(run('tsc', ['-p', project], app)).toBe('');
    },
  );
});

describe('in a browser', () => {
  /** One script with the SDK in it, as a page loads it. */
  async function bundle(entry: string): Promise<{ code: string; modules: string[] }> {
    const build = await rolldown({ input: join(app, entry), cwd: app, platform: 'browser', logLevel: 'silent' });
    const { output } = await build.generate({ format: 'iife', minify: true, name: 'page' });
    await build.close();
    expect(output).toHaveLength(1);
    return { code: output[0].code, modules: output[0].moduleIds };
  }

  test(`the whole SDK is at most ${MAX_BUNDLE_BYTES / 1000} kB, and has nothing of Node, server or agent in it`, async () => {
    writeFileSync(join(app, 'all.js'), "export * from '@longline/client';");
    const { code, modules } = await bundle('all.js');
    const packages = new Set(modules.map((id) => /node_modules\/(@[^/]+\/[^/]+|[^/]+)\//.exec(id)?.[1]));
    packages.delete(undefined);
    expect([...packages].sort()).toEqual([
      '@longline/client',
      '@longline/line',
      '@longline/ros',
      '@noble/hashes',
      'zod',
    ]);
    expect(code.match(/.{30}(?:\bnode:|\brequire\(|\bprocess\.).{30}/g)).toBeNull();
    const bytes = gzipSync(code).length;
    console.log(`the SDK in a page: ${bytes} bytes compressed`);
    expect(bytes).toBeLessThan(MAX_BUNDLE_BYTES);
  });

  test('the example page shows robots with nothing but what the Web has', { timeout: START_MS }, async () => {
    cpSync(join(root, 'examples', 'browser', 'page.js'), join(app, 'page.js'));
    const { code } = await bundle('page.js');
    writeFileSync(join(app, 'page.bundle.js'), code);
    const page = new PeerProcess(process.execPath, [
      join(import.meta.dirname, 'published', 'page.mjs'),
      join(app, 'page.bundle.js'),
      server.url,
    ]);
    expect({ code: await page.exited, err: page.stderr }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(page.stdout)).toEqual(['connected', expect.stringMatching(/^1722 {2}\d+\.\d\d {2}\d+\.\d\d$/)]);
  });
});
