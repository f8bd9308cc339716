import { plainPage } from '../http/plain-page.ts';

/** Of an interaction that is over, to whoever comes to it late: from the history, or in a second tab. */
export const endedPage = plainPage({
  title: 'This sign-in has ended',
  paragraphs: [
    'It took too long, or it was finished in another tab. Nothing is lost, and what was decided stands.',
    'Where the app has not gone on by itself, start again from there.',
  ],
});
