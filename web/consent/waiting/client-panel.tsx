import type { StepUpView } from '../../../api/contract/step-ups.ts';
import { Age } from '../../ui/age.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';

/** Who asks, as far as anybody knows. */
export function ClientPanel({ stepUp: { client, status } }: { stepUp: StepUpView }) {
  const waits = status === 'waiting' || status === 'unasked';
  return (
    <Panel title="Who asks">
      {waits && !client.verified && (
        <Notice tone="wait">
          {client.host === null
            ? 'Nobody has verified this client: any app can call itself anything.'
            : `Whoever runs ${client.host} vouches for this client; nobody here has verified it.`}{' '}
          Withdraw unless you have just started this there yourself.
        </Notice>
      )}
      <Facts
        rows={[
          ['Calls itself', client.calls_itself],
          ...(client.verified ? ([['Known here as', client.name]] as const) : []),
          ...(client.host === null ? [] : ([['Vouched for by', client.host]] as const)),
          ['Answer goes to', client.answer_goes_to],
          ...(client.host === null
            ? ([
                [
                  'Registered',
                  client.registered_at === null ? 'unknown' : <Age key="age" since={client.registered_at} />,
                ],
              ] as const)
            : []),
          [
            'Client id',
            <span key="id" className="font-mono text-[0.85em]">
              {client.client_id}
            </span>,
          ],
        ]}
      />
    </Panel>
  );
}
