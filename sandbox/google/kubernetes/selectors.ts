import { at, isJson, type KubernetesObject, listAt, mapAt, textAt, textsAt } from './manifest.ts';
import { badRequest } from './status.ts';

export type Match = (object: KubernetesObject) => boolean;

const requirement = /^\s*(!)?\s*([\w./-]+)\s*(?:(=|==|!=)\s*([\w.-]*)|\s+(in|notin)\s*\(([^)]*)\))?\s*$/;

/** A `labelSelector` query: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas. Throws a 400. */
export function labelSelector(text: string): Match {
  const requirements = text
    .split(/,(?![^(]*\))/)
    .filter(part => part.trim() !== '')
    .map(part => {
      const match = requirement.exec(part);
      if (match === null) throw badRequest(`unable to parse requirement: found '${part}'`);
      const [, absent, key = '', equality, value = '', set, members = ''] = match;
      const values = set === undefined ? [value] : members.split(',').map(member => member.trim());
      return (labels: Record<string, string>): boolean => {
        const label = labels[key];
        if (absent !== undefined) return label === undefined;
        if (equality === undefined && set === undefined) return label !== undefined;
        const among = label !== undefined && values.includes(label);
        return equality === '!=' || set === 'notin' ? !among : among;
      };
    });
  return object => requirements.every(holds => holds(object.metadata.labels ?? {}));
}

/** A `fieldSelector` query: `path=value` and `path!=value`, joined by commas. */
export function fieldSelector(text: string): Match {
  const requirements = text
    .split(',')
    .filter(part => part !== '')
    .map(part => {
      const match = /^([\w.]+)(=|==|!=)(.*)$/.exec(part);
      if (match === null) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
      const [, path = '', operator, value] = match;
      return (object: KubernetesObject) => {
        const found = at(object, ...path.split('.'));
        const text = typeof found === 'string' || typeof found === 'boolean' ? String(found) : '';
        return (text === value) === (operator !== '!=');
      };
    });
  return object => requirements.every(holds => holds(object));
}

/** A selector inside a manifest: `matchLabels` and `matchExpressions`. */
export function manifestSelector(selector: unknown): Match {
  const equalities = Object.entries(mapAt(selector, 'matchLabels'));
  const expressions = listAt(selector, 'matchExpressions').filter(isJson);
  return ({ metadata: { labels = {} } }) =>
    equalities.every(([key, value]) => labels[key] === value) &&
    expressions.every(expression => {
      const label = labels[textAt(expression, 'key')];
      const among = label !== undefined && textsAt(expression, 'values').includes(label);
      const operator = textAt(expression, 'operator');
      if (operator === 'Exists') return label !== undefined;
      if (operator === 'DoesNotExist') return label === undefined;
      return operator === 'NotIn' ? !among : among;
    });
}
