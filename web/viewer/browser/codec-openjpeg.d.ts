/** Emscripten build of OpenJPEG as JavaScript: the policy of the page allows no WebAssembly. */
declare module '@cornerstonejs/codec-openjpeg/decode' {
  type WasmDecoder = ReturnType<import('../../../functions/image/tiff/decode-with.ts').SegmentDecoder['open']>;
  const factory: (options: {
    print(line: string): void;
    printErr(line: string): void;
  }) => Promise<{ J2KDecoder: new () => WasmDecoder }>;
  export default factory;
}
