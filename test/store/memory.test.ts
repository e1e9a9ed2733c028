import { memoryStore } from '../../src/store/memory.ts'
import { keysContract } from '../contracts/keys.ts'
import { loginsContract } from '../contracts/logins.ts'
import { storeContract } from '../contracts/store.ts'

storeContract('memory', async () => memoryStore())
loginsContract('memory', async () => memoryStore())
keysContract('memory', async () => memoryStore())
