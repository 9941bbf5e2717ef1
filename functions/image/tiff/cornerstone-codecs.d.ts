/** Emscripten builds of libjpeg-turbo and OpenJPEG: a factory of modules, each with memory of its own. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const factory: (options: WasmOptions) => Promise<{ JPEGDecoder: new () => WasmDecoder; HEAPU8: Uint8Array }>;
  export default factory;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const factory: (options: WasmOptions) => Promise<{ J2KDecoder: new () => WasmDecoder; HEAPU8: Uint8Array }>;
  export default factory;
}

interface WasmOptions {
  wasmBinary: Uint8Array;
  print(line: string): void;
  printErr(line: string): void;
}

type WasmDecoder = ReturnType<import('./decode-with.ts').SegmentDecoder['open']>;
