import { Component, type ReactNode } from 'react';
import { strings } from '../strings.ts';

/** A bug of ours shows itself instead of an empty page. */
export class CatchBugs extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main className="narrow" role="alert">
        <h1>{strings.crashed}</h1>
        <p>{strings.crashedText}</p>
        <p className="soft">{String(error)}</p>
        <a href="/">{strings.reload}</a>
      </main>
    );
  }
}
