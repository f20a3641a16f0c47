// What to type after the agent refused something. Its own hints are for whoever speaks HTTP to it; where they name a request,
// these name the command.

const HINTS: Readonly<Record<string, string>> = {
  'no-such-member': 'quorate members shows the names',
  'is-self': 'to take this agent out of the cluster: quorate leave',
  'too-many-streams': 'end another quorate events --follow, or leave --follow out',
  'no-such-route': 'the agent is of another version than this command: quorate status shows its version',
  'wrong-method': 'the agent is of another version than this command: quorate status shows its version',
};

/** By the code of the problem, which is the same for all who ask, and the verb that was typed. */
export function problemHint(code: string, verb: string, hintOfAgent: string): string {
  if (code === 'invalid') return verb === 'voters' ? 'quorate voters shows who votes' : `quorate help ${verb} shows what can be typed`;
  if (code === 'not-confirmed' && verb === 'recover') return 'quorate status shows the name of the cluster';
  return HINTS[code] ?? hintOfAgent;
}
