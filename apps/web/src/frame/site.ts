'use client';
/** Which site the page is about: from the path of the racks, else from the query. */
import { usePathname, useSearchParams } from 'next/navigation';

/** The site's name, or undefined for all. */
export function useSite(): string | undefined {
  const pathname = usePathname();
  const params = useSearchParams();
  const [, area, name] = pathname.split('/');
  if (area === 'racks' && name) return decodeURIComponent(name);
  return params.get('site') ?? undefined;
}
