import type { Action } from '@longline/line';

/** What an action needs, and the topic, service or parameter it is about, where it is about one. */
export interface ActionNeeds {
  /** `operate` is about the whole device: stops and leases. */
  readonly needs: 'read' | 'write' | 'operate';
  readonly kind?: 'topic' | 'service' | 'parameter';
  readonly name?: string;
}

/** What who asks for an action must be allowed. */
export function actionNeeds(action: Action): ActionNeeds {
  switch (action.kind) {
    case 'publish':
    case 'motion':
    case 'standing.set':
    case 'topic.advertise':
    case 'topic.unadvertise':
      return { needs: 'write', kind: 'topic', name: action.topic };
    case 'call':
    case 'service.advertise':
    case 'service.unadvertise':
    case 'service.respond':
      return { needs: 'write', kind: 'service', name: action.service };
    case 'parameter.set':
    case 'parameter.delete':
      return { needs: 'write', kind: 'parameter', name: action.name };
    case 'standing.end':
      // To end what moves is a stop: whoever may operate the device may, on every topic.
      return { needs: 'operate', kind: 'topic', name: action.topic };
    case 'lease.take':
    case 'lease.renew':
    case 'lease.release':
    case 'stop':
    case 'stop.release':
      return { needs: 'operate' };
    case 'parameter.get':
      return { needs: 'read', kind: 'parameter', name: action.name };
    case 'snapshot':
      return { needs: 'read', kind: 'topic', name: action.topic };
    case 'schema.service':
      return { needs: 'read', kind: 'service', name: action.service };
    case 'parameter.list':
    case 'graph':
    case 'schema.message':
      return { needs: 'read' };
  }
}
