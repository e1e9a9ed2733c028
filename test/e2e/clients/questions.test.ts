// Real servers that ask: everything, which is legacy, and mongodb, which is modern and asks at times, before clients of both SDKs, by either door. A rule of ours asks
// first, and a person answers both questions at the client.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Home, server } from '../launch.ts'
import { person, said, type Form } from '../person.ts'
import { servers } from './servers.ts'

const drop = ['mongodb__drop-database', { connectionId: 'none', database: 'none' }] as const
const trigger = 'everything__trigger-elicitation-request'

/** Whether it is our question, or a server's own. */
const isOurs = ({ requestedSchema }: Form): boolean => 'answer' in requestedSchema.properties

/** mongodb (3.0.4) asks nobody who has only discovered it, with mcpgw or without: its SDK does not read there what a request says of its client. When it
 *  starts so slowly that it is greeted in both eras, it asks. */
const asksToo = (asked: readonly boolean[]): boolean => asked.length > 1

for (const era of ['legacy', 'modern'] as const)
  for (const door of ['stdio', 'serve'] as const)
    describe(`what real servers ask reaches a ${era} client over ${door}, after our own question`, () => {
      test('and its answers reach them', async t => {
        const home = new Home(t)
        home.settings(
          { everything: server('mcp-server-everything'), mongodb: servers(home.dir)['mongodb']!.entry },
          { auth: { required: door === 'serve' }, permissions: { rules: [{ effect: 'ask', tools: [drop[0], trigger] }] } },
        )
        const key = (await home.run('keys', 'create', 'person')).stdout.trim()
        let [ours, theirs] = ['once', 'Yes']
        const fill = (form: Form): Record<string, string> =>
          isOurs(form) ? { answer: ours } : 'confirmation' in form.requestedSchema.properties ? { confirmation: theirs } : { name: 'Ada' }
        const to = door === 'stdio' ? door : { url: (await home.serve()).url, key }
        const client = await person(home, era, to, form => ({ action: 'accept', content: fill(form) }))
        t.after(() => client.close())
        await client.sees(drop[0], trigger)

        assert.match(said(await client.call(trigger)), /Name: Ada/)
        assert.deepEqual(client.asked.splice(0).map(isOurs), [true, false])

        // it goes on to where it would need a database
        const confirmed = said(await client.call(...drop))
        assert.match(confirmed, /connect/i)
        assert.doesNotMatch(confirmed, /did not confirm/)
        const asked = client.asked.splice(0).map(isOurs)
        assert.deepEqual(asked, asksToo(asked) ? [true, false] : [true])

        theirs = 'No'
        assert.match(said(await client.call(...drop)), asksToo(asked) ? /did not confirm/ : /connect/i)
        assert.deepEqual(client.asked.splice(0).map(isOurs), asked)

        // with our no the server is never asked
        ours = 'no'
        assert.equal((await client.call(...drop))._meta?.['mcpgw/fault']?.code, 'approval_denied')
        assert.deepEqual(client.asked.splice(0).map(isOurs), [true])

        assert.equal((await home.log()).length, 4, 'each call once')
        const backends: { name: string; era: string }[] = JSON.parse((await home.run('backends', '--json')).stdout)
        assert.deepEqual(
          backends.map(({ name, era: its }) => [name, its]),
          [
            ['everything', 'legacy'],
            ['mongodb', 'modern'],
          ],
        )
      })
    })
