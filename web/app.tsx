import { createTheme, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { queryClient } from './api/queries.ts';
import { CatchBugs } from './components/catch-bugs.tsx';
import { Chunk, fetchChunk } from './components/chunk.tsx';
import { ScreenHeading } from './components/heading.tsx';
import { Frame } from './frame.tsx';
import { JobsScreen } from './jobs/jobs-screen.tsx';
import { Link, useRoute } from './navigation.tsx';
import { type Route, routeOf } from './route.ts';
import { RequireSession } from './session/require-session.tsx';
import { strings } from './strings.ts';

// Each screen but the first is a chunk of its own.
const jobScreen = async () => (await import('./jobs/job-screen.tsx')).JobScreen;
const againScreen = async () => (await import('./jobs/again-screen.tsx')).AgainScreen;
const compareScreen = async () => (await import('./viewer/compare-screen.tsx')).CompareScreen;
const imageScreen = async () => (await import('./image/image-screen.tsx')).ImageScreen;
const viewerScreen = async () => (await import('./viewer/viewer-screen.tsx')).ViewerScreen;
const sharedScreen = async () => (await import('./jobs/shared-screen.tsx')).SharedScreen;
const modelsScreen = async () => (await import('./models/models-screen.tsx')).ModelsScreen;
const labScreen = async () => (await import('./account/lab-screen.tsx')).LabScreen;
const galleryScreen = async () => (await import('./gallery/gallery-screen.tsx')).GalleryScreen;
const cardScreen = async () => (await import('./gallery/card-screen.tsx')).CardScreen;
const picturesScreen = async () => (await import('./people/pictures-screen.tsx')).PicturesScreen;
const agreementsScreen = async () => (await import('./people/agreements-screen.tsx')).AgreementsScreen;
const reviewsScreen = async () => (await import('./people/reviews-screen.tsx')).ReviewsScreen;
const reviewScreen = async () => (await import('./people/review-screen.tsx')).ReviewScreen;
const usageScreen = async () => (await import('./account/usage-screen.tsx')).UsageScreen;

/** Large parts that are fetched beside the session, not after it, where the page begins with them. */
const early: { [Screen in Route['screen']]?: () => Promise<unknown> } = {
  job: () => fetchChunk(jobScreen),
  image: () => fetchChunk(imageScreen),
  viewer: () => fetchChunk(viewerScreen),
};

/** Begins to fetch what this address shows. */
export const fetchScreen = (address: Location): void => void early[routeOf(address).screen]?.().catch(console.warn); // the screen asks again, and says so

/** Colours are in page.css: the library would put them into a style element, which the page's policy refuses. */
const theme = createTheme({
  fontFamily: 'system-ui, sans-serif',
  cursorType: 'pointer',
  defaultRadius: 'sm',
  components: { Button: { defaultProps: { variant: 'filled' } } }, // named, so that page.css can see it
});
const client = queryClient();

export const App = () => (
  <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
    <CatchBugs>
      <QueryClientProvider client={client}>
        <RequireSession>
          <Frame>
            <Screen />
          </Frame>
        </RequireSession>
      </QueryClientProvider>
    </CatchBugs>
  </MantineProvider>
);

function Screen() {
  const route = useRoute();
  switch (route.screen) {
    case 'jobs':
      return <JobsScreen />;
    case 'job':
      return <Chunk key={route.id} load={jobScreen} props={{ id: route.id, download: route.download === true }} />;
    case 'again':
      return <Chunk key={`again ${route.id}`} load={againScreen} props={{ id: route.id }} />;
    case 'compare':
      return <Chunk load={compareScreen} props={{ id: route.id, other: route.other, path: route.path }} />;
    case 'image':
      return <Chunk key={route.path} load={imageScreen} props={{ id: route.id, path: route.path }} />;
    case 'viewer':
      return <Chunk key={`look ${route.path}`} load={viewerScreen} props={{ id: route.id, path: route.path }} />;
    case 'shared':
      return <Chunk load={sharedScreen} props={{}} />;
    case 'gallery':
      return <Chunk load={galleryScreen} props={{}} />;
    case 'card':
      return <Chunk key={`card ${route.id}`} load={cardScreen} props={{ id: route.id }} />;
    case 'pictures':
      return <Chunk load={picturesScreen} props={{}} />;
    case 'agreements':
      return <Chunk load={agreementsScreen} props={{}} />;
    case 'reviews':
      return <Chunk load={reviewsScreen} props={{}} />;
    case 'review': {
      const { person, picture } = route;
      return <Chunk key={`review ${person} ${picture}`} load={reviewScreen} props={{ person, picture }} />;
    }
    case 'models':
      return <Chunk load={modelsScreen} props={{}} />;
    case 'lab':
      return <Chunk load={labScreen} props={{ forget: route.forget }} />;
    case 'usage':
      return <Chunk load={usageScreen} props={{}} />;
    case 'nowhere':
      return (
        <>
          <ScreenHeading>{strings.nowhere}</ScreenHeading>
          <p>{strings.nowhereText}</p>
          <Link href="/">{strings.backToJobs}</Link>
        </>
      );
  }
}
