/** What is written of each image beside labels, preview and measurements. */
export interface MoreResults {
  probabilities: boolean;
  rois: boolean;
  ome: boolean;
  zarr: boolean;
}

export const noMoreResults: MoreResults = { probabilities: false, rois: false, ome: false, zarr: false };
