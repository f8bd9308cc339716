import { z } from 'zod';
import { listDirectory, maxEntries } from '../files/list-directory.ts';
import { defineTool, type Tool } from './define-tool.ts';

/** Lists a folder of the workspace. */
export function listFiles(workspace: string): Tool {
  return defineTool({
    name: 'list_files',
    title: 'List files',
    description: `Names, sizes and times of the files in a folder of the workspace, at most ${maxEntries}. Links are named, never followed.`,
    scope: 'read:files',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    input: z.object({ path: z.string().max(1_000).default('.').describe('Relative to the workspace, without ".."') }),
    output: z.object({
      path: z.string(),
      entries: z.array(
        z.object({
          name: z.string(),
          type: z.enum(['file', 'directory', 'link', 'other']),
          size: z.int().optional(),
          modified_at: z.string().optional(),
        }),
      ),
      count: z.int(),
      truncated: z.boolean(),
    }),
    run: async ({ path }) => {
      const listing = await listDirectory(workspace, path);
      return {
        path: listing.path,
        entries: listing.entries.map(({ modifiedAt, ...entry }) => ({
          ...entry,
          ...(modifiedAt === undefined ? {} : { modified_at: modifiedAt }),
        })),
        count: listing.entries.length,
        truncated: listing.truncated,
      };
    },
  });
}
