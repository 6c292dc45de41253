#!/usr/bin/env node
import { Command } from "commander";
console.log(new Command("detent").helpInformation());
