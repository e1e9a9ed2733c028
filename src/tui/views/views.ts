// All views by name.

import type { ViewName } from '../model.ts'
import { activity } from './activity.ts'
import { approvals } from './approvals.ts'
import { backends } from './backends.ts'
import { limits } from './limits.ts'
import { overview } from './overview.ts'
import { tools } from './tools.ts'
import type { View } from './view.ts'

export const views: Readonly<Record<ViewName, View>> = { activity, approvals, backends, limits, tools, overview }
