// The command that the suite runs as the client under test: it hands the server's address to the test that runs the gateway, and exits as it says.
import { connect } from 'node:net'

const { MCPGW_CONFORMANCE: socket, MCP_CONFORMANCE_SCENARIO: scenario, MCP_CONFORMANCE_CONTEXT: context } = process.env
let said = ''
connect(socket)
  .setEncoding('utf8')
  .on('data', text => (said += text))
  .on('close', () => {
    process.stderr.write(said)
    process.exit(said === 'done' ? 0 : 1)
  })
  .end(JSON.stringify({ url: process.argv[2], scenario, context: context && JSON.parse(context) }))
