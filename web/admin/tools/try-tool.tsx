import { useId, useState, type SubmitEvent } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import type { ListedTool, ToolCallAnswer, ToolDescriptionView } from '../../../api/contract/tools.ts';
import { postJson } from '../../lib/api-client.ts';
import { errorText } from '../../lib/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { fieldClass } from '../../ui/field.ts';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Modal } from '../../ui/modal.tsx';
import { Notice } from '../../ui/notice.tsx';
import { toolDescriptionQuery, toolsKey } from '../queries.ts';
import { ArgumentInputs } from './argument-inputs.tsx';
import { CallResult } from './call-result.tsx';
import { argumentFields, argumentsOf, argumentsOfJson, type Typed } from './schema-fields.ts';

/** Calls a tool as oneself, with arguments of one's own. */
export function TryTool({ tool, onClose }: { tool: ListedTool; onClose: () => void }) {
  const description = useQuery(toolDescriptionQuery(tool.name));
  return (
    <Modal title={`Try ${tool.name}`} onClose={onClose}>
      {description.data !== undefined ? (
        <CallForm description={description.data} onClose={onClose} />
      ) : (
        <>
          {description.isError ? (
            <LoadFailure error={description.error} onRetry={() => void description.refetch()} />
          ) : (
            <Loading label="Loading what it takes" rows={2} />
          )}
          <div className="mt-4 flex justify-end">
            <Button onClick={onClose}>Close</Button>
          </div>
        </>
      )}
    </Modal>
  );
}

function CallForm({ description, onClose }: { description: ToolDescriptionView; onClose: () => void }) {
  const fields = argumentFields(description.input_schema);
  const [typed, setTyped] = useState<Typed>({});
  const [json, setJson] = useState('{}');
  const [tried, setTried] = useState(false);
  const jsonField = useId();
  const queries = useQueryClient();
  const read = fields === undefined ? argumentsOfJson(json) : argumentsOf(fields, typed);
  const wrong = tried && 'wrong' in read ? read.wrong : undefined;
  const call = useMutation({
    mutationFn: async (args: Record<string, unknown>) => {
      const path = `/api/tools/${encodeURIComponent(description.name)}/call`;
      return { args, answer: (await postJson<ToolCallAnswer>(path, { arguments: args })).body };
    },
    onSettled: () => queries.invalidateQueries({ queryKey: toolsKey }),
  });
  const run = (): void => {
    setTried(true);
    if ('arguments' in read && !call.isPending) call.mutate(read.arguments);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run();
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <p className="text-sm wrap-anywhere">{description.description}</p>
      {fields === undefined ? (
        <div className="grid gap-1">
          <label htmlFor={jsonField} className="text-sm font-medium">
            Arguments, as JSON
          </label>
          <textarea
            id={jsonField}
            rows={6}
            spellCheck={false}
            value={json}
            aria-invalid={wrong !== undefined}
            aria-describedby={`${jsonField}-help`}
            onChange={(event) => setJson(event.target.value)}
            className={`${fieldClass} font-mono`}
          />
          <p id={`${jsonField}-help`} className="text-xs text-bad empty:hidden">
            {typeof wrong === 'string' ? wrong : ''}
          </p>
        </div>
      ) : (
        <ArgumentInputs
          fields={fields}
          typed={typed}
          wrong={typeof wrong === 'object' ? wrong : {}}
          onChange={setTyped}
        />
      )}
      {!description.repeatable && (
        <Notice tone="wait">This runs for real, as you, each time you call it, and is recorded.</Notice>
      )}
      <div role="status" className="empty:hidden">
        {call.data !== undefined && !call.isPending && (
          <CallResult name={description.name} args={call.data.args} answer={call.data.answer} onRetry={run} />
        )}
      </div>
      {call.isError && (
        <Notice tone="bad" role="alert">
          {errorText(call.error)}
        </Notice>
      )}
      <div className="flex flex-wrap justify-end gap-4">
        <Button onClick={onClose}>Close</Button>
        <Button type="submit" look="primary" disabled={call.isPending}>
          <Play aria-hidden /> {call.isPending ? 'Calling…' : 'Call it'}
        </Button>
      </div>
    </form>
  );
}
