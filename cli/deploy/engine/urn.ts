/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` in parts. Source: the engine's `urn` package. */
function parse(urn: string): { types: string[]; name: string } {
  const [, , chain = '', ...name] = urn.split('::');
  return { types: chain.split('$'), name: name.join('::') };
}

/** The component that a resource belongs to, below the whole service: `Predict`, `Ui`. */
export function partOf(urn: string): string {
  const { types } = parse(urn);
  const components = types.filter((type) => type.startsWith('labdeploy:'));
  return (components[1] ?? components[0] ?? 'labdeploy:stack:Stack').split(':').at(-1)!;
}

/** As the program calls it: `labdeploy-results`. */
export const nameOf = (urn: string): string => parse(urn).name;

/** Type of the resource itself: `aws:sqs/queue:Queue`. */
export const typeOf = (urn: string): string => parse(urn).types.at(-1)!;

/** As people read it: component, name and kind, `Predict: predict-function (Function)`. */
export function resourceOf(urn: string): string {
  const { types, name } = parse(urn);
  return `${partOf(urn)}: ${name} (${types.at(-1)!.split(':').at(-1)})`;
}
