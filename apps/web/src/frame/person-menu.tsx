'use client';
/** Who is logged in: theme and logout. */
import { Menu } from '@base-ui/react/menu';
import { useMutation, useQuery } from '@tanstack/react-query';
import { paths } from '../lib/paths.ts';
import { THEMES, type Theme, useTheme } from '../lib/theme.ts';
import { useTRPC } from '../lib/trpc.tsx';
import { Mark } from '../ui/mark.tsx';

const THEME_WORDS: Record<Theme, string> = { system: 'Theme of the system', light: 'Light', dark: 'Dark' };

/** The menu at the right end of the top bar. */
export function PersonMenu() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.auth.me.queryOptions());
  const logout = useMutation(trpc.auth.logout.mutationOptions({ onSettled: () => location.assign(paths.login()) }));
  const [theme, setTheme] = useTheme();
  return (
    <Menu.Root>
      <Menu.Trigger className="text-xs font-medium text-ink-2 min-h-6 min-w-6 cursor-pointer hover:text-ink-1">
        {data?.name ?? '…'}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={6} className="z-50">
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
              {THEMES.map((one) => (
                <Menu.RadioItem key={one} value={one}>
                  {THEME_WORDS[one]}
                  <Menu.RadioItemIndicator>
                    <Mark name="well" />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className="border-t border-line-1 my-1" />
            <Menu.Item onClick={() => logout.mutate()}>Log out</Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
