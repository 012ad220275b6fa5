/** More of a file than anybody wants explained; an error stands near the end of its log. */
export const mostBytes = 1024 * 1024;

/** The end of a text file, whatever program wrote it: UTF-8, or UTF-16 as some on Windows do (RFC 2781, section 3.2). */
export async function endOf(file: Blob): Promise<string> {
  const mark = new Uint8Array(await bytesOf(file.slice(0, 2)));
  const encoding = encodingOf(mark);
  let from = Math.max(0, file.size - mostBytes);
  if (encoding !== 'utf-8' && from % 2 === 1) from += 1;
  const text = new TextDecoder(encoding).decode(await bytesOf(file.slice(from)));
  if (from === 0) return text;
  return text.slice(text.indexOf('\n') + 1); // not from the middle of a line
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function bytesOf(blob: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as ArrayBuffer);
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error('not read'));
    };
    reader.readAsArrayBuffer(blob);
  });
}
