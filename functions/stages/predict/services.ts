import type { CorrectedFrom } from '../../core/corrected-round.ts';
import type { JobSettings } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import type { Beside, ByteSource, Image } from '../../image/image.ts';
import type { ImageOptions } from '../../image/tiff/image.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ObjectClasses, Predictor, Segmenter } from '../../ports/predictor.ts';
import type { ModelInput } from './channel.ts';
import type { PackageServices } from './check-version.ts';
import type { Deadline } from './deadline.ts';
import type { EndpointRequests } from './endpoint-requests.ts';
import type { PlanePosition } from './plane-indices.ts';

/** A model that runs, and what its package says about its input. */
export interface LoadedModel {
  engine: Predictor & Segmenter;
  input: ModelInput;
  /** Planes of one image that it is asked at a time; absent: as many as this machine works on. */
  planesAhead?: number;
  /** Called once when an image is done with it, where the runtime ends models that nothing uses. */
  release?(): Promise<void>;
}

/** What predict works with beside the ports: models, and the limits of the machine. */
export interface PredictServices extends Pick<Ports, 'objects' | 'jobs' | 'queue' | 'models' | 'fleet'> {
  /** Where the message came from; default: `files`. */
  ownQueue?: 'files' | 'large';
  /** The model that a job asks for; `requests` are made by one whose container is elsewhere. Throws `modelMissing` and what loading throws. */
  model(settings: JobSettings, requests?: EndpointRequests): Promise<LoadedModel>;
  /** Requests of one image to an endpoint; absent where there is none. */
  requests?(image: PredictMessage): EndpointRequests;
  /** Planes of one image worked on at a time. */
  planesAhead: number;
  /** Waits until `bytes` of memory may be used; the result gives them back. Throws `imageTooLarge`, and NeedsLargerMachine. */
  admit(bytes: number): Promise<() => void>;
  /** As image/tiff/image, where images are not to be read on this thread. Absent: they are. */
  openImage?(source: ByteSource, options: ImageOptions & Beside): Promise<Image & AsyncDisposable>;
  /** Opens a file beside an image, by its name: some files leave their words to others. Absent: of the same job and folder. */
  sibling?(image: PredictMessage, name: string): ReturnType<NonNullable<Beside['sibling']>>;
  /** So many of the image's planes are through. */
  onPlane?(done: number, total: number): void;
  /** Checks packages that were sent; absent where there is no registry. */
  packages?: PackageServices;
  /** Absent: there is time for any image. */
  deadline?: Deadline;
  signal?: AbortSignal;
}

/** The objects of one plane, where they are known before. */
export interface GivenPlane {
  /** Rows x columns: the label of each pixel, any whole number up to 2^24; 0: no object. */
  map: Float32Array;
  /** In order of the objects' first pixels: 1 where a person changed it, else 0. */
  edited: Float64Array;
  /** In the same order; absent where no object of the image has a class. */
  classes?: ObjectClasses;
}

/** Objects of an image that are known: the model does not run. */
export interface GivenObjects {
  planeOf(position: PlanePosition): Promise<GivenPlane>;
  corrected: CorrectedFrom;
}

/** The same for one image of a job, in one of its generations. */
export type ImageServices = Omit<PredictServices, 'model' | 'models' | 'packages' | 'jobs' | 'queue' | 'fleet'> &
  LoadedModel & { generation: number; given?: GivenObjects };
