/** Lets the browser save a signed download: the answer says that it is a file and how it is called. */
export function save(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
