/** The recipes that come with labdeploy, as a lab would write them. A file of the lab with the same name replaces one. */
export const shippedRecipes: Readonly<Record<string, string>> = {
  deface: `# Faces are found, looked at by a person, and made unrecognisable before the lab sees the picture.
name: deface
title: Hide faces
about: Faces are found and made unrecognisable by a mosaic; all else of the picture stays.
accepts: [image/jpeg, image/png, image/tiff]
consent: [process, share-lab]
region: { detector: face, choose: all, padding: 0.2, threshold: 0.3 }
transform: [{ mosaic: 8 }]
complete: { show: lab, review: true, deleteOriginal: true }
`,
  'face-swap': `# The largest face goes to two containers, beside a base picture that fits the labels of the upload.
name: face-swap
title: Swap the face
about: The largest face and a base picture with the labels you choose go to containers, which swap the face and restore it.
accepts: [image/jpeg, image/png]
consent: [process]
labels: [theme, gender, skin]
region: { detector: face, choose: largest, padding: 0.5, threshold: 0.3 }
transform: [crop, { container: facechain }, { container: gfpgan }]
base: { random: { by: [theme, gender, skin] } }
complete: { show: owner, review: false, deleteOriginal: true, keepMinutes: 30 }
`,
};
