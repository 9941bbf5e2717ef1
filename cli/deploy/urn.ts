/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` in parts. Source: the engine's `urn` package. */
function parse(urn: string): { types: string[]; name: string } {
  const [, , chain = '', ...name] = urn.split('::');
  return { types: chain.split('$'), name: name.join('::') };
}

/** The component that a resource belongs to, by the last word of its type: `Predict`. */
export function partOf(urn: string): string {
  const { types } = parse(urn);
  const component = types.slice(0, -1).findLast((type) => type.startsWith('labdeploy:')) ?? types.at(-1)!;
  return component.startsWith('labdeploy:') ? component.split(':').at(-1)! : 'stack';
}

/** As people read it: component, name and kind, `Predict: predict-function (Function)`. */
export function resourceOf(urn: string): string {
  const { types, name } = parse(urn);
  return `${partOf(urn)}: ${name} (${types.at(-1)!.split(':').at(-1)})`;
}
