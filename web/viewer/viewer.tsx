import { Button } from '@mantine/core';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { ChannelPanel } from './channel-panel.tsx';
import { CorrectPanel } from './correct/correct-panel.tsx';
import type { Correctable } from './correct/correction-parts.ts';
import { correctCommandOf } from './correct/tools.ts';
import { useCorrection } from './correct/use-correction.ts';
import { HelpDialog } from './help-dialog.tsx';
import { ImageView } from './image-view.tsx';
import { type Command, commandOf } from './keys.ts';
import type { LinkedViews } from './linked-views.ts';
import type { PlaneChoice, Renew, ViewedFile } from './messages.ts';
import { ObjectPanel } from './object-panel.tsx';
import { ObjectRows } from './object-rows.tsx';
import { PlanePanel } from './plane-panel.tsx';
import { middlePlane, planeWithin } from './planes.ts';
import { ScaleBar, StatusLine } from './status-line.tsx';
import { TeachPanel } from './teach/teach-panel.tsx';
import type { TileLayer } from './tile-layer.ts';
import { useChannels } from './use-channels.ts';
import { useCommands } from './use-commands.ts';
import { type Tried, useFound } from './use-found.ts';
import { type KeptView, useKeptView } from './use-kept-view.ts';
import { useLayer } from './use-layer.ts';
import { useLinked } from './use-linked.ts';
import { useObjects } from './use-objects.ts';
import { useScene } from './use-scene.ts';
import './viewer.css';
import { placed } from './viewport.ts';
import { words } from './words.ts';

/** A file, and how the service signs it once more. The same ones at each call. */
export interface Opened {
  file: ViewedFile;
  renew: Renew;
}

export interface ViewerProps {
  name: string;
  image: Opened;
  labels?: Opened | undefined;
  /** Measurements of the objects, as the results have them. */
  csv?: string | undefined;
  /** A small picture of the plane in the middle. */
  preview?: string | undefined;
  /** Where the labels are those of a model's maps. */
  tried?: Tried | undefined;
  /** Views of the same image that move with this one. */
  links?: LinkedViews | undefined;
  /** The labels can be corrected; absent: they are another's, or of no job that has ended. The same one at each call. */
  correctable?: Correctable | undefined;
  /** Where it is kept what is looked at; absent: nowhere. The same one at each call. */
  kept?: KeptView | undefined;
}

const nothing: Opened['renew'] = async () => undefined;

/** An image with its objects, down to single pixels. */
export function Viewer(props: ViewerProps) {
  const { image, labels } = props;
  const redraw = useRef(() => {});
  const onChange = useCallback(() => redraw.current(), []);
  const picture = useLayer(image.file, image.renew, onChange);
  const outlines = useLayer(labels?.file, labels?.renew ?? nothing, onChange);
  if (picture.state === 'failed')
    return (
      <Notice kind="bad" title={words.openFailed}>
        <p>{picture.why}</p>
      </Notice>
    );
  if (picture.state !== 'ready') return <p className="soft">{words.opening}</p>;
  return (
    <>
      {outlines.state === 'failed' && (
        <Notice kind="bad" title={words.labelsFailed}>
          <p>{outlines.why}</p>
        </Notice>
      )}
      <OpenViewer
        {...props}
        redraw={redraw}
        layer={picture.layer}
        labelLayer={outlines.state === 'ready' ? outlines.layer : undefined}
      />
    </>
  );
}

interface OpenViewerProps extends ViewerProps {
  redraw: RefObject<() => void>;
  layer: TileLayer;
  labelLayer: TileLayer | undefined;
}

function OpenViewer(props: OpenViewerProps) {
  const { name, csv, preview, tried, kept, links, redraw, layer, labelLayer, correctable } = props;
  const { info, notes } = layer.opened;
  const initial = kept?.initial;
  const [plane, setPlane] = useState<PlaneChoice>(() => planeWithin(initial?.plane ?? middlePlane(info), info));
  const { channels, isColour, paint, change, auto, trouble } = useChannels(layer, plane);
  const labelPlane = useMemo(
    () => (labelLayer === undefined ? plane : planeWithin(plane, labelLayer.opened.info)),
    [plane, labelLayer],
  );
  const objects = useObjects(csv, labelPlane, initial);
  const { table, passing, selected } = objects;
  const { scene, setScene, store, onFrame, onHover } = useScene({
    ...{ layer, labelLayer, channels, objects, plane, labelPlane, preview, redraw },
  });
  const keepViewport = useKeptView(kept, layer.opened, { plane, filter: objects.filter, object: selected });
  useEffect(() => {
    if (initial?.at !== undefined) scene?.move(placed(scene.viewport(), initial.at, info));
  }, [scene, initial, info]);
  const moveOthers = useLinked(links, scene);
  const [help, setHelp] = useState(false);
  useEffect(() => layer.setScene(plane, paint), [layer, plane, paint]);
  useEffect(() => labelLayer?.setScene(labelPlane, objects.paint), [labelLayer, labelPlane, objects.paint]);

  useFound(labelLayer, labelPlane, objects.paint, tried);

  const { showRow, pick, obey } = useCommands({
    ...{ info, scene, plane, labelPlane, setPlane, channels, change, auto, objects, labelLayer },
    onHelp: () => setHelp(true),
  });
  const correction = useCorrection({
    ...{ of: correctable, layer, labelLayer, plane, labelPlane, channels, objects, scene },
    hasMap: props.labels?.file.foreground !== undefined,
    pick: (point) => void pick(point),
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const correct = correction.isOn ? correctCommandOf(event, correction.isPending()) : undefined;
    if (correct !== undefined) {
      event.preventDefault();
      if (event.repeat && correct.do === 'press') return; // a key that is held presses once
      return correction.obey(correct);
    }
    const command = commandOf(event);
    if (command === undefined) return;
    event.preventDefault();
    obey(command);
  };
  return (
    <div className="viewer">
      <div className="viewer-stage">
        <ImageView
          {...{ name, onKeyDown }}
          drawing={correction.drawing}
          hasPen={correction.isOn}
          onFrame={(viewport) => {
            onFrame(viewport);
            keepViewport(viewport);
            moveOthers(viewport);
            correction.onFrame(viewport);
          }}
          image={info}
          onScene={setScene}
          onHover={(point) => void onHover(point)}
          onPick={(point) => void pick(point)}
        />
        {info.pixelSize !== undefined && <ScaleBar store={store} micrometres={info.pixelSize.x} />}
        <Tools onCommand={obey} />
        <StatusLine store={store} />
      </div>
      <div className="viewer-side">
        <CorrectPanel correction={correction} selected={selected} />
        <TeachPanel correction={correction} />
        <PlanePanel info={info} plane={plane} onChange={setPlane} />
        {trouble !== undefined && <Notice kind="bad" title={words.failed(trouble)} />}
        <ChannelPanel
          {...{ channels, isColour }}
          type={info.type}
          onChange={change}
          onAuto={(index) => void auto(index)}
        />
        {labelLayer !== undefined && <ObjectPanel objects={objects} />}
        {notes.map((note) => (
          <p key={note} className="soft">
            {note}
          </p>
        ))}
      </div>
      {table !== undefined && <ObjectRows {...{ name, table, selected }} rows={passing} onSelect={showRow} />}
      {help && <HelpDialog onClose={() => setHelp(false)} />}
    </div>
  );
}

const tools: readonly [string, Command][] = [
  [words.zoomIn, { do: 'zoom', factor: 2 }],
  [words.zoomOut, { do: 'zoom', factor: 0.5 }],
  [words.fit, { do: 'fit' }],
  [words.actual, { do: 'actual' }],
  [words.help, { do: 'help' }],
];

const Tools = ({ onCommand }: { onCommand(command: Command): void }) => (
  <div className="row viewer-tools">
    {tools.map(([label, command]) => (
      <Button key={label} variant="default" size="compact-sm" onClick={() => onCommand(command)}>
        {label}
      </Button>
    ))}
  </div>
);
