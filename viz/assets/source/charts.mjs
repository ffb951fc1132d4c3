// The parts of Apache ECharts that the pages use; what stands here decides the size of echarts.min.js.
import * as core from "echarts/core";
import { GraphChart, LineChart, MapChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

core.use([GraphChart, LineChart, MapChart, SankeyChart, ScatterChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);
export const { init, registerMap, version } = core;
