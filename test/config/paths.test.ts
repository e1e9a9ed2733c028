import assert from 'node:assert/strict'
import { test } from 'node:test'
import { places } from '../../src/config/paths.ts'

const plain = ({ socket, ...rest }: ReturnType<typeof places>) => ({ ...rest, socket: socket('1a2b3c4d') })

test('on Linux every place derives from the home folder; XDG_* moves nothing', () => {
  const xdg = { XDG_CONFIG_HOME: '/x', XDG_DATA_HOME: '/x', XDG_STATE_HOME: '/x', XDG_RUNTIME_DIR: '/x' }
  assert.deepEqual(plain(places(xdg, '/home/me', 1000, 'linux')), {
    settings: '/home/me/.config/mcpgw/config.json',
    database: '/home/me/.local/share/mcpgw/mcpgw.db',
    journal: '/home/me/.local/share/mcpgw/journal',
    prefaces: '/home/me/.local/share/mcpgw/prefaces.json',
    masterKey: '/home/me/.local/share/mcpgw/master.key',
    run: '/home/me/.local/state/mcpgw/run',
    logs: '/home/me/.local/state/mcpgw/logs',
    state: '/home/me/.local/state/mcpgw',
    sockets: '/home/me/.local/state/mcpgw/run',
    socket: '/home/me/.local/state/mcpgw/run/1a2b3c4d.sock',
  })
})

test('MCPGW_HOME moves them all', () => {
  assert.deepEqual(plain(places({ MCPGW_HOME: '/srv/gw' }, '/home/me', 1000, 'linux')), {
    settings: '/srv/gw/config.json',
    database: '/srv/gw/mcpgw.db',
    journal: '/srv/gw/journal',
    prefaces: '/srv/gw/prefaces.json',
    masterKey: '/srv/gw/master.key',
    run: '/srv/gw/run',
    logs: '/srv/gw/logs',
    state: '/srv/gw',
    sockets: '/srv/gw/run',
    socket: '/srv/gw/run/1a2b3c4d.sock',
  })
  assert.equal(places({ MCPGW_HOME: '~/gw' }, '/home/me', 1000, 'linux').settings, '/home/me/gw/config.json')
  assert.equal(places({ MCPGW_HOME: '' }, '/home/me', 1000, 'linux').settings, '/home/me/.config/mcpgw/config.json')
})

test('a path too long for a socket falls back to /tmp, and only the sockets do', () => {
  const room = 100 - '/run/12345678.sock'.length
  const fits = `/${'x'.repeat(room - 1)}`
  assert.equal(Buffer.byteLength(places({ MCPGW_HOME: fits }, '/home/me', 7, 'linux').socket('12345678')), 100)
  const long = places({ MCPGW_HOME: `${fits}x` }, '/home/me', 7, 'linux')
  assert.equal(long.socket('12345678'), '/tmp/mcpgw-7/12345678.sock')
  assert.equal(long.run, `${fits}x/run`)
  assert.equal(places({ MCPGW_HOME: `/${'é'.repeat(45)}` }, '/home/me', 7, 'linux').sockets, '/tmp/mcpgw-7')
})

test("macOS and Windows have the system's own folders", () => {
  const mac = places({}, '/Users/me', 501, 'darwin')
  assert.equal(mac.settings, '/Users/me/Library/Application Support/mcpgw/config.json')
  assert.equal(mac.logs, '/Users/me/Library/Logs/mcpgw')
  const windows = places({}, 'C:\\Users\\me', -1, 'win32')
  assert.equal(windows.settings, 'C:\\Users\\me\\AppData\\Roaming\\mcpgw\\config.json')
  assert.equal(windows.database, 'C:\\Users\\me\\AppData\\Local\\mcpgw\\mcpgw.db')
  assert.equal(windows.socket('1a2b3c4d'), '\\\\.\\pipe\\mcpgw-1a2b3c4d')
})
