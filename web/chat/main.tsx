import '../ui/theme.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { createQueryClient } from '../lib/query-client.ts';
import { mount } from '../lib/mount.tsx';
import { ChatApp } from './chat-app.tsx';

mount(
  <QueryClientProvider client={createQueryClient()}>
    <ChatApp />
  </QueryClientProvider>,
);
