import '../ui/theme.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { createQueryClient } from '../lib/query-client.ts';
import { mount } from '../lib/mount.tsx';
import { SignInPage } from './sign-in-page.tsx';

mount(
  <QueryClientProvider client={createQueryClient()}>
    <SignInPage />
  </QueryClientProvider>,
);
