import { Random } from '../../lib/testing/random.js';
import { Judge } from './data.js';
import { ChildProgram } from './processes.js';

/** What the specs of crashes share. */
export interface Lab {
  readonly random: Random;
  readonly judge: Judge;
  readonly program: ChildProgram;
}

/** Made before the first case of a spec, and removed after the last. The program is bundled when it is first asked for. */
export function crashLab(): Lab {
  const random = Random.fresh();
  let judge: Judge;
  let program: ChildProgram | undefined;
  beforeAll(async () => {
    console.log(`seed ${random.seed}: set SLUICE_SEED to it to see the same choices again`);
    judge = await Judge.create();
  });
  afterAll(() => {
    judge.close();
    program?.remove();
  });
  return {
    random,
    get judge() {
      return judge;
    },
    get program() {
      return (program ??= new ChildProgram());
    },
  };
}
