import { z } from 'zod';

/** Of every tool that names a request. */
export const requestId = z.string().trim().min(1, 'is empty').max(128).describe('As request_authorization answered it');

/** E-mail address or id; only the caller's own is taken. */
export const userId = z.string().trim().max(320).optional().describe('Optional: who you are stands in your token');

/** What people read and decide by. */
export const words = z.string().trim().min(1, 'is empty').max(2_000, 'is longer than 2000 characters');
