/** Words that appear beside a control on hover or focus: one bubble for the whole page, which `Tips.svelte` draws. */
import { Tooltip } from 'bits-ui';

export interface Tip {
  text: string;
  keys?: string;
}

/** What ties the controls to the bubble. A control that goes takes its words along; a bubble of its own would stay behind. */
export const tips = Tooltip.createTether<Tip>();
