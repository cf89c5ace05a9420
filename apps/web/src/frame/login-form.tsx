'use client';
/** Login: name and password, pasted or typed. The answer does not tell which of them was wrong. */
import { useMutation } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { type FormEvent, useEffect, useRef } from 'react';
import { safeNext } from '../lib/paths.ts';
import { useTRPC } from '../lib/trpc.tsx';
import { Mark, Sign } from '../ui/mark.tsx';

/** The form. */
export function LoginForm() {
  const trpc = useTRPC();
  const next = safeNext(useSearchParams().get('next'));
  const password = useRef<HTMLInputElement>(null);
  const login = useMutation(
    trpc.auth.login.mutationOptions({
      onSuccess: () => location.assign(next),
      onError: () => password.current?.select(),
    }),
  );
  useEffect(() => password.current?.form?.setAttribute('data-ready', ''), []);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    login.mutate({ name: String(form.get('name')), password: String(form.get('password')) });
  };
  return (
    <main className="min-h-dvh grid place-items-center p-4">
      <form onSubmit={submit} className="w-full max-w-[320px] bg-surface-1 border border-line-2 p-6" aria-label="Log in">
        <div className="flex items-center gap-[9px] font-semibold mb-5">
          <Sign />
          <h1>Slipway</h1>
        </div>
        <label className="block mb-3">
          <span className="block text-ink-2 mb-1">Name</span>
          <input className="field w-full" name="name" autoComplete="username" defaultValue="admin" required maxLength={64} />
        </label>
        <label className="block mb-4">
          <span className="block text-ink-2 mb-1">Password</span>
          <input
            ref={password}
            className="field w-full"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            maxLength={256}
            aria-describedby="login-hint"
            aria-invalid={login.isError}
          />
        </label>
        <button type="submit" className="btn pri w-full justify-center" aria-disabled={login.isPending}>
          Log in
        </button>
        <div id="login-hint" className="mt-3 text-xs min-h-8" aria-live="polite">
          {login.isError ? (
            <p className="flex gap-2 text-caution-ink">
              <Mark name="degraded" size={12} />
              {login.error.message}
            </p>
          ) : (
            <p className="text-ink-3">
              The first password was printed when Slipway first started, and is in .slipway/admin-password.
            </p>
          )}
        </div>
      </form>
    </main>
  );
}
