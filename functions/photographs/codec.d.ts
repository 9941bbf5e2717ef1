/** Emscripten build of libjpeg-turbo that also writes; each module has memory of its own. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs' {
  interface JpegEncoder {
    /** Memory for the pixels. */
    getDecodedBuffer(frame: {
      width: number;
      height: number;
      bitsPerSample: number;
      componentCount: number;
      isSigned: boolean;
    }): Uint8Array;
    /** 1 to 100. */
    setQuality(quality: number): void;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  }
  const factory: (options: {
    wasmBinary: Uint8Array;
    print(line: string): void;
    printErr(line: string): void;
  }) => Promise<{ JPEGEncoder: new () => JpegEncoder }>;
  export default factory;
}
