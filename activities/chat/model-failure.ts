/** Why a model gave no usable answer. */
export type ModelFailure =
  | 'unreachable'
  | 'timeout'
  | 'busy'
  | 'key_refused'
  | 'not_found'
  | 'request_refused'
  | 'unusable_answer'
  | 'empty_answer';

/** What the conversation says when the model could not answer. Retrying takes the turn up where it stands. */
export function modelFailureText(failure: ModelFailure): string {
  return `${reason(failure)} No further tool call was made. ${advice(failure)}`;
}

function reason(failure: ModelFailure): string {
  switch (failure) {
    case 'unreachable':
      return 'The language model cannot be reached right now.';
    case 'timeout':
      return 'The language model did not answer in time.';
    case 'busy':
      return 'The language model has too much to do right now.';
    case 'key_refused':
      return 'The language model does not accept the key it is configured with.';
    case 'not_found':
      return 'The language model’s address answers, but does not know the configured model.';
    case 'request_refused':
      return 'The language model refused the request; the conversation may be too long for it.';
    case 'unusable_answer':
      return 'The language model’s answer could not be read.';
    case 'empty_answer':
      return 'The language model answered with nothing.';
    default:
      return failure satisfies never;
  }
}

function advice(failure: ModelFailure): string {
  return failure === 'key_refused' || failure === 'not_found'
    ? 'Tell whoever runs this server, then press Retry message.'
    : 'Press Retry message in a moment.';
}
