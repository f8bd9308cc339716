import { McpServer } from '@modelcontextprotocol/server';
import { protect } from 'countersign/express';
import { resourceServer } from 'countersign/mcp';
import express from 'express';
import { z } from 'zod';

const countersign = resourceServer({
  issuer: process.env['COUNTERSIGN_ISSUER'] ?? 'http://localhost:8002',
  resource: process.env['NOTES_RESOURCE'] ?? 'http://localhost:9000/mcp',
  name: 'Notes',
  clientId: process.env['COUNTERSIGN_CLIENT_ID'],
  clientSecret: process.env['COUNTERSIGN_CLIENT_SECRET'],
});

const notes: string[] = [];
const handler = countersign.handler(() => {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  countersign.tool(
    server,
    {
      name: 'add_note',
      scope: 'write:notes',
      description: 'Adds a note',
      inputSchema: z.object({ text: z.string() }),
    },
    ({ text }, { caller }) => {
      notes.push(`${caller.person.email}: ${text}`);
      return { content: [{ type: 'text', text: `There are ${notes.length} notes.` }] };
    },
  );
  return server;
});

const port = Number(process.env['PORT'] ?? 9000);
express()
  .use(protect(countersign, handler))
  .listen(port, '127.0.0.1', () => console.log(`Notes at http://localhost:${port}/mcp`));
