import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Call, EventQueue, type Task } from "./queue.ts";

function taskAt(at: number, sequence: number): Task {
  const task = new Call(() => {});
  task.at = at;
  task.sequence = sequence;
  return task;
}

describe("EventQueue", () => {
  it("gives tasks by time, those of one moment in the order they were added", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const queue = new EventQueue();
        const tasks = times.map((at, sequence) => taskAt(at, sequence));
        for (const task of tasks) queue.add(task);
        const given: Task[] = [];
        for (let task = queue.shift(); task !== undefined; task = queue.shift()) given.push(task);
        expect(given).toEqual(tasks.toSorted((one, other) => one.at - other.at || one.sequence - other.sequence));
      }),
    );
  });

  it("keeps its order when tasks are moved and taken out", () => {
    const steps = fc.array(fc.record({ index: fc.nat(), at: fc.option(fc.nat(50), { nil: undefined }) }));
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), steps, (times, changes) => {
        const queue = new EventQueue();
        const tasks = times.map((at, sequence) => taskAt(at, sequence));
        for (const task of tasks) queue.add(task);
        for (const { index, at } of changes) {
          const task = tasks[index % tasks.length] as Task;
          if (at === undefined) queue.remove(task);
          else if (task.isScheduled) {
            task.at = at;
            queue.moved(task);
          } else {
            task.at = at;
            queue.add(task);
          }
          queue.check();
        }
        const left = tasks.filter((task) => task.isScheduled).length;
        expect(queue.length).toBe(left);
      }),
    );
  });
});
