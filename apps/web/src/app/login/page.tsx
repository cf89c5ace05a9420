import type { Metadata } from 'next';
import { LoginForm } from '../../frame/login-form.tsx';
import { ApiProvider } from '../../lib/trpc.tsx';

export const metadata: Metadata = { title: 'Log in' };

export default function LoginPage() {
  return (
    <ApiProvider>
      <LoginForm />
    </ApiProvider>
  );
}
