/** For what lies inside of a form and is no part of it: Enter in one of its fields would send the form. A ref of its element. */
export function keepFormUnsent(element: HTMLElement | null): () => void {
  element?.addEventListener('keydown', keepInside);
  return () => element?.removeEventListener('keydown', keepInside);
}

function keepInside(event: KeyboardEvent): void {
  if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
}
