import { createContext, type ReactNode, useContext } from 'react';
import type { Call } from '../../client/call.ts';
import type { Me, PublicConfig } from '../../functions/contract/service.ts';
import type { UploadCenter } from '../upload/center.ts';
import type { Connection } from './connection.ts';

/** What every screen behind the sign-in works with. */
export interface Service {
  call: Call;
  connection: Connection;
  config: PublicConfig;
  uploads: UploadCenter;
  me: Pick<Me, 'email' | 'name'>;
  signOut(): void;
}

const context = createContext<Service | undefined>(undefined);

export const ServiceProvider = ({ service, children }: { service: Service; children: ReactNode }) => (
  <context.Provider value={service}>{children}</context.Provider>
);

export function useService(): Service {
  const service = useContext(context);
  if (service === undefined) throw new Error('useService outside of ServiceProvider');
  return service;
}
