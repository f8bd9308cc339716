import type { ReactNode } from 'react';
import type { ScopeServer } from '../../api/contract/scope-server.ts';
import { Badge } from '../ui/badge.tsx';
import { ScopeName } from '../ui/scope-name.tsx';
import { ScopeServerLine } from '../ui/scope-server-line.tsx';
import type { Tone } from '../ui/tone.ts';

const riskTones: Readonly<Record<string, Tone>> = { medium: 'accent', high: 'wait', critical: 'bad' };

/** A scope that is asked for: its risk, what it allows, and where, if not here. */
export function AskedScope(props: {
  scope: string;
  description: string;
  risk: string;
  server: ScopeServer;
  children?: ReactNode;
}) {
  const { risk } = props;
  return (
    <div className="grid gap-1 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <ScopeName scope={props.scope} />
        <Badge tone={riskTones[risk] ?? 'neutral'}>
          {risk === 'none' ? 'No risk' : `${risk.charAt(0).toUpperCase()}${risk.slice(1)} risk`}
        </Badge>
        {props.children}
      </p>
      <p>{props.description}</p>
      <ScopeServerLine server={props.server} />
    </div>
  );
}
