import { Router } from 'express';

/** A page without scripts, for when there is one thing to say. */
export interface PlainPage {
  title: string;
  paragraphs: readonly string[];
  /** Points, after the paragraphs. */
  list?: readonly string[];
  /** Paragraphs after the list. */
  notes?: readonly string[];
  links?: readonly { href: string; text: string }[];
  /** Buttons that post to `action`, of which the pressed one says so by its name and value. */
  form?: {
    action: string;
    hidden?: Readonly<Record<string, string>>;
    /** One line to fill in. */
    field?: { name: string; label: string; value: string; hint: string; problem?: string | undefined };
    buttons: readonly { name: string; value: string; text: string }[];
  };
}

const stylePath = '/plain-page.css';

// The colours of the apps, from their theme.
const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#f5f6f8, #0e1115); color: light-dark(#191e25, #e9ecf0); }
body { margin: 0 auto; max-width: 34rem; padding: 12vh 1.25rem 2rem; }
header { font-weight: 600; color: light-dark(#0f5c6e, #74cadc); }
h1 { font-size: 1.5rem; line-height: 1.3; text-wrap: balance; overflow-wrap: anywhere; }
p, li { color: light-dark(#545d69, #a6b0bc); overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin-top: 1.5rem; }
form { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.5rem; }
label, #field, #hint, #problem { flex-basis: 100%; margin: 0; }
label { font-weight: 500; }
#field { box-sizing: border-box; font: inherit; font-family: ui-monospace, monospace; font-size: 1.25rem; letter-spacing: 0.1em; text-transform: uppercase; color: inherit; background: light-dark(#ffffff, #161a20); border: 1px solid light-dark(#848d99, #6f7a87); border-radius: 0.5rem; padding: 0.6rem 0.9rem; }
#problem { font-weight: 500; color: light-dark(#a3271f, #ff9d94); }
#hint { font-size: 0.875rem; }
a, button { font: inherit; cursor: pointer; color: inherit; background: light-dark(#ffffff, #161a20); border: 1px solid light-dark(#848d99, #6f7a87); border-radius: 0.5rem; padding: 0.6rem 0.9rem; font-size: 0.875rem; font-weight: 500; text-decoration: none; max-width: 100%; overflow-wrap: anywhere; }
a:hover, button:hover { background: light-dark(#eef0f3, #0b0e12); }
:focus-visible { outline: 2px solid light-dark(#0f5c6e, #74cadc); outline-offset: 2px; }
`;

/** The page as HTML; everything in it is escaped. */
export function plainPage(page: PlainPage): string {
  const paragraphs = page.paragraphs.map((text) => `<p>${escape(text)}</p>`);
  const list = (page.list ?? []).map((text) => `<li>${escape(text)}</li>`);
  const notes = (page.notes ?? []).map((text) => `<p>${escape(text)}</p>`);
  const links = (page.links ?? []).map(({ href, text }) => `<a href="${escape(href)}">${escape(text)}</a>`);
  const form = page.form === undefined ? '' : formOf(page.form);
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
<header>Countersign</header>
<main>
<h1>${escape(page.title)}</h1>
${[...paragraphs, list.length === 0 ? '' : `<ul>${list.join('\n')}</ul>`, ...notes].join('\n')}
${form}
${links.length === 0 ? '' : `<nav aria-label="What to do now">${links.join('\n')}</nav>`}
</main>
</body>
</html>
`;
}

function formOf({ action, hidden = {}, field, buttons }: NonNullable<PlainPage['form']>): string {
  const lines = [
    ...Object.entries(hidden).map(
      ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
    ),
    ...(field === undefined
      ? []
      : [
          `<label for="field">${escape(field.label)}</label>`,
          field.problem === undefined ? '' : `<p id="problem" role="alert">${escape(field.problem)}</p>`,
          `<input id="field" name="${escape(field.name)}" value="${escape(field.value)}" autocomplete="off" autocapitalize="characters" spellcheck="false" required ${field.problem === undefined ? 'aria-describedby="hint"' : 'aria-describedby="problem hint" aria-invalid="true"'}>`,
          `<p id="hint">${escape(field.hint)}</p>`,
        ]),
    ...buttons.map(
      ({ name, value, text }) => `<button name="${escape(name)}" value="${escape(value)}">${escape(text)}</button>`,
    ),
  ];
  return `<form method="post" action="${escape(action)}">${lines.join('\n')}</form>`;
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
