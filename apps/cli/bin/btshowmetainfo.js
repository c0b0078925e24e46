#!/usr/bin/env node
void import("../dist/classic.js").then(({ runClassic }) => runClassic("btshowmetainfo"));
