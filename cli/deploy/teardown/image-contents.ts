import { ECRClient, paginateDescribeImages, RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import type { AwsAccount } from '../account.ts';
import type { StateResource } from '../engine/engine-state.ts';

/** A repository of container images. */
export interface ImageContents {
  repository: string;
  images: number;
  bytes: number;
}

/** What the stack's repositories hold; one that is gone, as after a destroy that was cut off, holds nothing. */
export async function imagesOf(resources: readonly StateResource[], { client }: AwsAccount): Promise<ImageContents[]> {
  const repositories = resources.filter(({ type }) => type === 'aws:ecr/repository:Repository').map(({ id }) => id!);
  const ecr = new ECRClient(client);
  return Promise.all(repositories.map((repository) => contentsOf(repository, ecr)));
}

async function contentsOf(repository: string, client: ECRClient): Promise<ImageContents> {
  let [images, bytes] = [0, 0];
  try {
    for await (const { imageDetails = [] } of paginateDescribeImages({ client }, { repositoryName: repository })) {
      images += imageDetails.length;
      for (const { imageSizeInBytes = 0 } of imageDetails) bytes += imageSizeInBytes;
    }
  } catch (error) {
    if (!(error instanceof RepositoryNotFoundException)) throw error;
  }
  return { repository, images, bytes };
}
