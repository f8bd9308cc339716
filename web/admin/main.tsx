import '../ui/theme.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { Router } from 'wouter';
import { createQueryClient } from '../lib/query-client.ts';
import { mount } from '../lib/mount.tsx';
import { AdminApp } from './admin-app.tsx';

mount(
  <QueryClientProvider client={createQueryClient()}>
    <Router base="/dashboard">
      <AdminApp />
    </Router>
  </QueryClientProvider>,
);
