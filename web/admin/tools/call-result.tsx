import type { ToolCallAnswer } from '../../../api/contract/tools.ts';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Notice } from '../../ui/notice.tsx';
import { AskForScope } from './ask-for-scope.tsx';
import { resultText } from './result-text.ts';

/** How a call came out; what came back is shown as text, with nothing hidden in it. */
export function CallResult(props: {
  name: string;
  args: Record<string, unknown>;
  answer: ToolCallAnswer;
  onRetry: () => void;
}) {
  const { answer } = props;
  switch (answer.status) {
    case 'succeeded':
      return (
        <div className="grid gap-2">
          <Notice tone="good">It ran.</Notice>
          <CodeBlock label="Result" text={resultText(answer.result)} wrap />
        </div>
      );
    case 'failed':
      return (
        <div className="grid gap-2">
          <Notice tone="bad">The tool said no.</Notice>
          <CodeBlock label="Why" text={resultText(answer.result)} wrap />
        </div>
      );
    case 'unknown':
      return <Notice tone="wait">{answer.message}</Notice>;
    case 'insufficient_scope':
      return (
        <AskForScope
          key={answer.authorization_error.required_scope}
          error={answer.authorization_error}
          tool={props.name}
          args={props.args}
          onRetry={props.onRetry}
        />
      );
  }
}
