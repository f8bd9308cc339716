import { Router } from 'express';

/** A page without scripts, for when there is one thing to say. */
export interface PlainPage {
  title: string;
  paragraphs: readonly string[];
  links?: readonly { href: string; text: string }[];
}

const stylePath = '/plain-page.css';

const style = `:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 34rem; padding: 12vh 1.25rem 2rem; }
h1 { font-size: 1.5rem; line-height: 1.3; }
nav { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin-top: 1.5rem; }
a { color: inherit; display: inline-block; padding: 0.5rem 0; }
`;

/** The page as HTML; everything in it is escaped. */
export function plainPage(page: PlainPage): string {
  const paragraphs = page.paragraphs.map((text) => `<p>${escape(text)}</p>`);
  const links = (page.links ?? []).map(({ href, text }) => `<a href="${escape(href)}">${escape(text)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title)} · Countersign</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${stylePath}">
</head>
<body>
<main>
<h1>${escape(page.title)}</h1>
${paragraphs.join('\n')}
${links.length === 0 ? '' : `<nav aria-label="What to do now">${links.join('\n')}</nav>`}
</main>
</body>
</html>
`;
}

/** Serves the pages' style sheet, which the content security policy does not allow inline. */
export function plainPageStyle(): Router {
  const router = Router();
  router.get(stylePath, (_request, response) => {
    response.setHeader('Cache-Control', 'public, max-age=3600');
    response.type('css').send(style);
  });
  return router;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
