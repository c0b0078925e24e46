#!/usr/bin/env node
import { runClassic } from "../dist/classic.js";

await runClassic("bttrack");
