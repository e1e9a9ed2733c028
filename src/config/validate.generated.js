// Made by scripts/validator.ts from schema.ts. Do not edit.

var __getOwnPropNames = Object.getOwnPropertyNames
var __commonJS = (cb, mod) =>
  function __require() {
    try {
      return (mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports)
    } catch (e) {
      throw ((mod = 0), e)
    }
  }

// node_modules/ajv/dist/runtime/ucs2length.js
var require_ucs2length = __commonJS({
  'node_modules/ajv/dist/runtime/ucs2length.js'(exports) {
    'use strict'
    Object.defineProperty(exports, '__esModule', { value: true })
    function ucs2length(str) {
      const len = str.length
      let length = 0
      let pos = 0
      let value
      while (pos < len) {
        length++
        value = str.charCodeAt(pos++)
        if (value >= 55296 && value <= 56319 && pos < len) {
          value = str.charCodeAt(pos)
          if ((value & 64512) === 56320) pos++
        }
      }
      return length
    }
    exports.default = ucs2length
    ucs2length.code = 'require("ajv/dist/runtime/ucs2length").default'
  },
})

// <stdin>
var validate = validate10
var stdin_default = validate10
var schema11 = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { const: 1, default: 1 },
    mcpServers: {
      type: 'object',
      propertyNames: { minLength: 1, maxLength: 64 },
      additionalProperties: {
        type: 'object',
        oneOf: [{ required: ['command'] }, { required: ['url'] }],
        additionalProperties: false,
        properties: {
          command: { type: 'string', minLength: 1 },
          args: { type: 'array', items: { type: 'string' }, default: [] },
          env: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
          cwd: { type: 'string', minLength: 1 },
          inheritEnv: { type: 'boolean', default: false },
          url: { type: 'string', pattern: '^(https?://|\\$\\{)' },
          type: { enum: ['stdio', 'http', 'streamable-http', 'sse'] },
          headers: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
          tags: { type: 'array', items: { type: 'string' }, default: [] },
          timeoutMs: { type: 'integer', minimum: 1, maximum: 2147483647, default: 6e4 },
          startTimeoutMs: { type: 'integer', minimum: 1, maximum: 2147483647, default: 3e4 },
          concurrency: { type: 'integer', minimum: 1, maximum: 1e4, default: 10 },
          idleMs: { type: 'integer', minimum: 0, maximum: 2147483647, default: 6e5 },
          enabled: { type: 'boolean', default: true },
        },
      },
      default: {},
    },
    permissions: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        default: { enum: ['allow', 'ask', 'deny', 'annotations'], default: 'allow' },
        rules: {
          type: 'array',
          default: [],
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['effect'],
            properties: {
              effect: { enum: ['allow', 'ask', 'deny'] },
              tools: { type: 'array', items: { type: 'string' } },
              roles: { type: 'array', items: { type: 'string' } },
              clients: { type: 'array', items: { type: 'string' } },
              backends: { type: 'array', items: { type: 'string' } },
              when: {
                type: 'array',
                items: {
                  type: 'object',
                  additionalProperties: false,
                  required: ['path', 'op'],
                  properties: { path: { type: 'string', pattern: '^(/|$)' }, op: { enum: ['eq', 'ne', 'glob', 'regex', 'lt', 'gt', 'exists'] }, value: {} },
                },
              },
              until: { type: 'string' },
            },
          },
        },
      },
    },
    limits: {
      type: 'array',
      default: [],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['scope', 'rate'],
        properties: { scope: { type: 'string' }, rate: { type: 'string' }, burst: { type: 'integer', minimum: 1, maximum: 1e9 } },
      },
    },
    auth: { type: 'object', additionalProperties: false, default: {}, properties: { required: { type: 'boolean', default: false } } },
    audit: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        required: { type: 'boolean', default: true },
        sync: { type: 'boolean', default: false },
        payloads: { enum: ['none'], default: 'none' },
        retentionDays: { type: 'integer', minimum: 1, maximum: 36500, default: 30 },
        maxTotalBytes: { type: 'integer', minimum: 1048576, default: 1073741824 },
      },
    },
    maxFrameBytes: { type: 'integer', minimum: 65536, maximum: 53687e4, default: 268435456 },
  },
}
var func2 = require_ucs2length().default
var func4 = Object.prototype.hasOwnProperty
var pattern0 = new RegExp('^(https?://|\\$\\{)', 'u')
var pattern1 = new RegExp('^(/|$)', 'u')
function validate10(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null
  let errors = 0
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.version === void 0) {
      data.version = 1
    }
    if (data.mcpServers === void 0) {
      data.mcpServers = {}
    }
    if (data.permissions === void 0) {
      data.permissions = {}
    }
    if (data.limits === void 0) {
      data.limits = []
    }
    if (data.auth === void 0) {
      data.auth = {}
    }
    if (data.audit === void 0) {
      data.audit = {}
    }
    if (data.maxFrameBytes === void 0) {
      data.maxFrameBytes = 268435456
    }
    for (const key0 in data) {
      if (!(
        key0 === '$schema' ||
        key0 === 'version' ||
        key0 === 'mcpServers' ||
        key0 === 'permissions' ||
        key0 === 'limits' ||
        key0 === 'auth' ||
        key0 === 'audit' ||
        key0 === 'maxFrameBytes'
      )) {
        const err0 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          message: 'must NOT have additional properties',
        }
        if (vErrors === null) {
          vErrors = [err0]
        } else {
          vErrors.push(err0)
        }
        errors++
      }
    }
    if (data.$schema !== void 0) {
      if (typeof data.$schema !== 'string') {
        const err1 = {
          instancePath: instancePath + '/$schema',
          schemaPath: '#/properties/%24schema/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        }
        if (vErrors === null) {
          vErrors = [err1]
        } else {
          vErrors.push(err1)
        }
        errors++
      }
    }
    if (1 !== data.version) {
      const err2 = {
        instancePath: instancePath + '/version',
        schemaPath: '#/properties/version/const',
        keyword: 'const',
        params: { allowedValue: 1 },
        message: 'must be equal to constant',
      }
      if (vErrors === null) {
        vErrors = [err2]
      } else {
        vErrors.push(err2)
      }
      errors++
    }
    let data2 = data.mcpServers
    if (data2 && typeof data2 == 'object' && !Array.isArray(data2)) {
      for (const key1 in data2) {
        const _errs7 = errors
        if (typeof key1 === 'string') {
          if (func2(key1) > 64) {
            const err3 = {
              instancePath: instancePath + '/mcpServers',
              schemaPath: '#/properties/mcpServers/propertyNames/maxLength',
              keyword: 'maxLength',
              params: { limit: 64 },
              message: 'must NOT have more than 64 characters',
              propertyName: key1,
            }
            if (vErrors === null) {
              vErrors = [err3]
            } else {
              vErrors.push(err3)
            }
            errors++
          }
          if (func2(key1) < 1) {
            const err4 = {
              instancePath: instancePath + '/mcpServers',
              schemaPath: '#/properties/mcpServers/propertyNames/minLength',
              keyword: 'minLength',
              params: { limit: 1 },
              message: 'must NOT have fewer than 1 characters',
              propertyName: key1,
            }
            if (vErrors === null) {
              vErrors = [err4]
            } else {
              vErrors.push(err4)
            }
            errors++
          }
        }
        var valid1 = _errs7 === errors
        if (!valid1) {
          const err5 = {
            instancePath: instancePath + '/mcpServers',
            schemaPath: '#/properties/mcpServers/propertyNames',
            keyword: 'propertyNames',
            params: { propertyName: key1 },
            message: 'property name must be valid',
          }
          if (vErrors === null) {
            vErrors = [err5]
          } else {
            vErrors.push(err5)
          }
          errors++
        }
      }
      for (const key2 in data2) {
        let data3 = data2[key2]
        const _errs11 = errors
        let valid3 = false
        let passing0 = null
        const _errs12 = errors
        if (data3 && typeof data3 == 'object' && !Array.isArray(data3)) {
          if (data3.command === void 0) {
            const err6 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1'),
              schemaPath: '#/properties/mcpServers/additionalProperties/oneOf/0/required',
              keyword: 'required',
              params: { missingProperty: 'command' },
              message: "must have required property 'command'",
            }
            if (vErrors === null) {
              vErrors = [err6]
            } else {
              vErrors.push(err6)
            }
            errors++
          }
        }
        var _valid0 = _errs12 === errors
        if (_valid0) {
          valid3 = true
          passing0 = 0
        }
        const _errs13 = errors
        if (data3 && typeof data3 == 'object' && !Array.isArray(data3)) {
          if (data3.url === void 0) {
            const err7 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1'),
              schemaPath: '#/properties/mcpServers/additionalProperties/oneOf/1/required',
              keyword: 'required',
              params: { missingProperty: 'url' },
              message: "must have required property 'url'",
            }
            if (vErrors === null) {
              vErrors = [err7]
            } else {
              vErrors.push(err7)
            }
            errors++
          }
        }
        var _valid0 = _errs13 === errors
        if (_valid0 && valid3) {
          valid3 = false
          passing0 = [passing0, 1]
        } else {
          if (_valid0) {
            valid3 = true
            passing0 = 1
          }
        }
        if (!valid3) {
          const err8 = {
            instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1'),
            schemaPath: '#/properties/mcpServers/additionalProperties/oneOf',
            keyword: 'oneOf',
            params: { passingSchemas: passing0 },
            message: 'must match exactly one schema in oneOf',
          }
          if (vErrors === null) {
            vErrors = [err8]
          } else {
            vErrors.push(err8)
          }
          errors++
        } else {
          errors = _errs11
          if (vErrors !== null) {
            if (_errs11) {
              vErrors.length = _errs11
            } else {
              vErrors = null
            }
          }
        }
        if (data3 && typeof data3 == 'object' && !Array.isArray(data3)) {
          if (data3.args === void 0) {
            data3.args = []
          }
          if (data3.env === void 0) {
            data3.env = {}
          }
          if (data3.inheritEnv === void 0) {
            data3.inheritEnv = false
          }
          if (data3.headers === void 0) {
            data3.headers = {}
          }
          if (data3.tags === void 0) {
            data3.tags = []
          }
          if (data3.timeoutMs === void 0) {
            data3.timeoutMs = 6e4
          }
          if (data3.startTimeoutMs === void 0) {
            data3.startTimeoutMs = 3e4
          }
          if (data3.concurrency === void 0) {
            data3.concurrency = 10
          }
          if (data3.idleMs === void 0) {
            data3.idleMs = 6e5
          }
          if (data3.enabled === void 0) {
            data3.enabled = true
          }
          for (const key3 in data3) {
            if (!func4.call(schema11.properties.mcpServers.additionalProperties.properties, key3)) {
              const err9 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1'),
                schemaPath: '#/properties/mcpServers/additionalProperties/additionalProperties',
                keyword: 'additionalProperties',
                params: { additionalProperty: key3 },
                message: 'must NOT have additional properties',
              }
              if (vErrors === null) {
                vErrors = [err9]
              } else {
                vErrors.push(err9)
              }
              errors++
            }
          }
          if (data3.command !== void 0) {
            let data4 = data3.command
            if (typeof data4 === 'string') {
              if (func2(data4) < 1) {
                const err10 = {
                  instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/command',
                  schemaPath: '#/properties/mcpServers/additionalProperties/properties/command/minLength',
                  keyword: 'minLength',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 characters',
                }
                if (vErrors === null) {
                  vErrors = [err10]
                } else {
                  vErrors.push(err10)
                }
                errors++
              }
            } else {
              const err11 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/command',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/command/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              }
              if (vErrors === null) {
                vErrors = [err11]
              } else {
                vErrors.push(err11)
              }
              errors++
            }
          }
          let data5 = data3.args
          if (Array.isArray(data5)) {
            const len0 = data5.length
            for (let i0 = 0; i0 < len0; i0++) {
              if (typeof data5[i0] !== 'string') {
                const err12 = {
                  instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/args/' + i0,
                  schemaPath: '#/properties/mcpServers/additionalProperties/properties/args/items/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                }
                if (vErrors === null) {
                  vErrors = [err12]
                } else {
                  vErrors.push(err12)
                }
                errors++
              }
            }
          } else {
            const err13 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/args',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/args/type',
              keyword: 'type',
              params: { type: 'array' },
              message: 'must be array',
            }
            if (vErrors === null) {
              vErrors = [err13]
            } else {
              vErrors.push(err13)
            }
            errors++
          }
          let data7 = data3.env
          if (data7 && typeof data7 == 'object' && !Array.isArray(data7)) {
            for (const key4 in data7) {
              if (typeof data7[key4] !== 'string') {
                const err14 = {
                  instancePath:
                    instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/env/' + key4.replace(/~/g, '~0').replace(/\//g, '~1'),
                  schemaPath: '#/properties/mcpServers/additionalProperties/properties/env/additionalProperties/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                }
                if (vErrors === null) {
                  vErrors = [err14]
                } else {
                  vErrors.push(err14)
                }
                errors++
              }
            }
          } else {
            const err15 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/env',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/env/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            }
            if (vErrors === null) {
              vErrors = [err15]
            } else {
              vErrors.push(err15)
            }
            errors++
          }
          if (data3.cwd !== void 0) {
            let data9 = data3.cwd
            if (typeof data9 === 'string') {
              if (func2(data9) < 1) {
                const err16 = {
                  instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/cwd',
                  schemaPath: '#/properties/mcpServers/additionalProperties/properties/cwd/minLength',
                  keyword: 'minLength',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 characters',
                }
                if (vErrors === null) {
                  vErrors = [err16]
                } else {
                  vErrors.push(err16)
                }
                errors++
              }
            } else {
              const err17 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/cwd',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/cwd/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              }
              if (vErrors === null) {
                vErrors = [err17]
              } else {
                vErrors.push(err17)
              }
              errors++
            }
          }
          if (typeof data3.inheritEnv !== 'boolean') {
            const err18 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/inheritEnv',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/inheritEnv/type',
              keyword: 'type',
              params: { type: 'boolean' },
              message: 'must be boolean',
            }
            if (vErrors === null) {
              vErrors = [err18]
            } else {
              vErrors.push(err18)
            }
            errors++
          }
          if (data3.url !== void 0) {
            let data11 = data3.url
            if (typeof data11 === 'string') {
              if (!pattern0.test(data11)) {
                const err19 = {
                  instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/url',
                  schemaPath: '#/properties/mcpServers/additionalProperties/properties/url/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^(https?://|\\$\\{)' },
                  message: 'must match pattern "^(https?://|\\$\\{)"',
                }
                if (vErrors === null) {
                  vErrors = [err19]
                } else {
                  vErrors.push(err19)
                }
                errors++
              }
            } else {
              const err20 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/url',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/url/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              }
              if (vErrors === null) {
                vErrors = [err20]
              } else {
                vErrors.push(err20)
              }
              errors++
            }
          }
          if (data3.type !== void 0) {
            let data12 = data3.type
            if (!(data12 === 'stdio' || data12 === 'http' || data12 === 'streamable-http' || data12 === 'sse')) {
              const err21 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/type',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/type/enum',
                keyword: 'enum',
                params: { allowedValues: schema11.properties.mcpServers.additionalProperties.properties.type.enum },
                message: 'must be equal to one of the allowed values',
              }
              if (vErrors === null) {
                vErrors = [err21]
              } else {
                vErrors.push(err21)
              }
              errors++
            }
          }
          let data13 = data3.headers
          if (data13 && typeof data13 == 'object' && !Array.isArray(data13)) {
            for (const key5 in data13) {
              if (typeof data13[key5] !== 'string') {
                const err22 = {
                  instancePath:
                    instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/headers/' + key5.replace(/~/g, '~0').replace(/\//g, '~1'),
                  schemaPath: '#/properties/mcpServers/additionalProperties/properties/headers/additionalProperties/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                }
                if (vErrors === null) {
                  vErrors = [err22]
                } else {
                  vErrors.push(err22)
                }
                errors++
              }
            }
          } else {
            const err23 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/headers',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/headers/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            }
            if (vErrors === null) {
              vErrors = [err23]
            } else {
              vErrors.push(err23)
            }
            errors++
          }
          let data15 = data3.tags
          if (Array.isArray(data15)) {
            const len1 = data15.length
            for (let i1 = 0; i1 < len1; i1++) {
              if (typeof data15[i1] !== 'string') {
                const err24 = {
                  instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/tags/' + i1,
                  schemaPath: '#/properties/mcpServers/additionalProperties/properties/tags/items/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                }
                if (vErrors === null) {
                  vErrors = [err24]
                } else {
                  vErrors.push(err24)
                }
                errors++
              }
            }
          } else {
            const err25 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/tags',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/tags/type',
              keyword: 'type',
              params: { type: 'array' },
              message: 'must be array',
            }
            if (vErrors === null) {
              vErrors = [err25]
            } else {
              vErrors.push(err25)
            }
            errors++
          }
          let data17 = data3.timeoutMs
          if (!(typeof data17 == 'number' && !(data17 % 1) && !isNaN(data17) && isFinite(data17))) {
            const err26 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/timeoutMs',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/timeoutMs/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            }
            if (vErrors === null) {
              vErrors = [err26]
            } else {
              vErrors.push(err26)
            }
            errors++
          }
          if (typeof data17 == 'number' && isFinite(data17)) {
            if (data17 > 2147483647 || isNaN(data17)) {
              const err27 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/timeoutMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/timeoutMs/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 2147483647 },
                message: 'must be <= 2147483647',
              }
              if (vErrors === null) {
                vErrors = [err27]
              } else {
                vErrors.push(err27)
              }
              errors++
            }
            if (data17 < 1 || isNaN(data17)) {
              const err28 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/timeoutMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/timeoutMs/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 1 },
                message: 'must be >= 1',
              }
              if (vErrors === null) {
                vErrors = [err28]
              } else {
                vErrors.push(err28)
              }
              errors++
            }
          }
          let data18 = data3.startTimeoutMs
          if (!(typeof data18 == 'number' && !(data18 % 1) && !isNaN(data18) && isFinite(data18))) {
            const err29 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/startTimeoutMs',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/startTimeoutMs/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            }
            if (vErrors === null) {
              vErrors = [err29]
            } else {
              vErrors.push(err29)
            }
            errors++
          }
          if (typeof data18 == 'number' && isFinite(data18)) {
            if (data18 > 2147483647 || isNaN(data18)) {
              const err30 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/startTimeoutMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/startTimeoutMs/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 2147483647 },
                message: 'must be <= 2147483647',
              }
              if (vErrors === null) {
                vErrors = [err30]
              } else {
                vErrors.push(err30)
              }
              errors++
            }
            if (data18 < 1 || isNaN(data18)) {
              const err31 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/startTimeoutMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/startTimeoutMs/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 1 },
                message: 'must be >= 1',
              }
              if (vErrors === null) {
                vErrors = [err31]
              } else {
                vErrors.push(err31)
              }
              errors++
            }
          }
          let data19 = data3.concurrency
          if (!(typeof data19 == 'number' && !(data19 % 1) && !isNaN(data19) && isFinite(data19))) {
            const err32 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/concurrency',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/concurrency/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            }
            if (vErrors === null) {
              vErrors = [err32]
            } else {
              vErrors.push(err32)
            }
            errors++
          }
          if (typeof data19 == 'number' && isFinite(data19)) {
            if (data19 > 1e4 || isNaN(data19)) {
              const err33 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/concurrency',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/concurrency/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 1e4 },
                message: 'must be <= 10000',
              }
              if (vErrors === null) {
                vErrors = [err33]
              } else {
                vErrors.push(err33)
              }
              errors++
            }
            if (data19 < 1 || isNaN(data19)) {
              const err34 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/concurrency',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/concurrency/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 1 },
                message: 'must be >= 1',
              }
              if (vErrors === null) {
                vErrors = [err34]
              } else {
                vErrors.push(err34)
              }
              errors++
            }
          }
          let data20 = data3.idleMs
          if (!(typeof data20 == 'number' && !(data20 % 1) && !isNaN(data20) && isFinite(data20))) {
            const err35 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/idleMs',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/idleMs/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            }
            if (vErrors === null) {
              vErrors = [err35]
            } else {
              vErrors.push(err35)
            }
            errors++
          }
          if (typeof data20 == 'number' && isFinite(data20)) {
            if (data20 > 2147483647 || isNaN(data20)) {
              const err36 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/idleMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/idleMs/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 2147483647 },
                message: 'must be <= 2147483647',
              }
              if (vErrors === null) {
                vErrors = [err36]
              } else {
                vErrors.push(err36)
              }
              errors++
            }
            if (data20 < 0 || isNaN(data20)) {
              const err37 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/idleMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/idleMs/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 0 },
                message: 'must be >= 0',
              }
              if (vErrors === null) {
                vErrors = [err37]
              } else {
                vErrors.push(err37)
              }
              errors++
            }
          }
          if (typeof data3.enabled !== 'boolean') {
            const err38 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/enabled',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/enabled/type',
              keyword: 'type',
              params: { type: 'boolean' },
              message: 'must be boolean',
            }
            if (vErrors === null) {
              vErrors = [err38]
            } else {
              vErrors.push(err38)
            }
            errors++
          }
        } else {
          const err39 = {
            instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1'),
            schemaPath: '#/properties/mcpServers/additionalProperties/type',
            keyword: 'type',
            params: { type: 'object' },
            message: 'must be object',
          }
          if (vErrors === null) {
            vErrors = [err39]
          } else {
            vErrors.push(err39)
          }
          errors++
        }
      }
    } else {
      const err40 = {
        instancePath: instancePath + '/mcpServers',
        schemaPath: '#/properties/mcpServers/type',
        keyword: 'type',
        params: { type: 'object' },
        message: 'must be object',
      }
      if (vErrors === null) {
        vErrors = [err40]
      } else {
        vErrors.push(err40)
      }
      errors++
    }
    let data22 = data.permissions
    if (data22 && typeof data22 == 'object' && !Array.isArray(data22)) {
      if (data22.default === void 0) {
        data22.default = 'allow'
      }
      if (data22.rules === void 0) {
        data22.rules = []
      }
      for (const key6 in data22) {
        if (!(key6 === 'default' || key6 === 'rules')) {
          const err41 = {
            instancePath: instancePath + '/permissions',
            schemaPath: '#/properties/permissions/additionalProperties',
            keyword: 'additionalProperties',
            params: { additionalProperty: key6 },
            message: 'must NOT have additional properties',
          }
          if (vErrors === null) {
            vErrors = [err41]
          } else {
            vErrors.push(err41)
          }
          errors++
        }
      }
      let data23 = data22.default
      if (!(data23 === 'allow' || data23 === 'ask' || data23 === 'deny' || data23 === 'annotations')) {
        const err42 = {
          instancePath: instancePath + '/permissions/default',
          schemaPath: '#/properties/permissions/properties/default/enum',
          keyword: 'enum',
          params: { allowedValues: schema11.properties.permissions.properties.default.enum },
          message: 'must be equal to one of the allowed values',
        }
        if (vErrors === null) {
          vErrors = [err42]
        } else {
          vErrors.push(err42)
        }
        errors++
      }
      let data24 = data22.rules
      if (Array.isArray(data24)) {
        const len2 = data24.length
        for (let i2 = 0; i2 < len2; i2++) {
          let data25 = data24[i2]
          if (data25 && typeof data25 == 'object' && !Array.isArray(data25)) {
            if (data25.effect === void 0) {
              const err43 = {
                instancePath: instancePath + '/permissions/rules/' + i2,
                schemaPath: '#/properties/permissions/properties/rules/items/required',
                keyword: 'required',
                params: { missingProperty: 'effect' },
                message: "must have required property 'effect'",
              }
              if (vErrors === null) {
                vErrors = [err43]
              } else {
                vErrors.push(err43)
              }
              errors++
            }
            for (const key7 in data25) {
              if (!(
                key7 === 'effect' ||
                key7 === 'tools' ||
                key7 === 'roles' ||
                key7 === 'clients' ||
                key7 === 'backends' ||
                key7 === 'when' ||
                key7 === 'until'
              )) {
                const err44 = {
                  instancePath: instancePath + '/permissions/rules/' + i2,
                  schemaPath: '#/properties/permissions/properties/rules/items/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key7 },
                  message: 'must NOT have additional properties',
                }
                if (vErrors === null) {
                  vErrors = [err44]
                } else {
                  vErrors.push(err44)
                }
                errors++
              }
            }
            if (data25.effect !== void 0) {
              let data26 = data25.effect
              if (!(data26 === 'allow' || data26 === 'ask' || data26 === 'deny')) {
                const err45 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/effect',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/effect/enum',
                  keyword: 'enum',
                  params: { allowedValues: schema11.properties.permissions.properties.rules.items.properties.effect.enum },
                  message: 'must be equal to one of the allowed values',
                }
                if (vErrors === null) {
                  vErrors = [err45]
                } else {
                  vErrors.push(err45)
                }
                errors++
              }
            }
            if (data25.tools !== void 0) {
              let data27 = data25.tools
              if (Array.isArray(data27)) {
                const len3 = data27.length
                for (let i3 = 0; i3 < len3; i3++) {
                  if (typeof data27[i3] !== 'string') {
                    const err46 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/tools/' + i3,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/tools/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    }
                    if (vErrors === null) {
                      vErrors = [err46]
                    } else {
                      vErrors.push(err46)
                    }
                    errors++
                  }
                }
              } else {
                const err47 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/tools',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/tools/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err47]
                } else {
                  vErrors.push(err47)
                }
                errors++
              }
            }
            if (data25.roles !== void 0) {
              let data29 = data25.roles
              if (Array.isArray(data29)) {
                const len4 = data29.length
                for (let i4 = 0; i4 < len4; i4++) {
                  if (typeof data29[i4] !== 'string') {
                    const err48 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/roles/' + i4,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/roles/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    }
                    if (vErrors === null) {
                      vErrors = [err48]
                    } else {
                      vErrors.push(err48)
                    }
                    errors++
                  }
                }
              } else {
                const err49 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/roles',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/roles/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err49]
                } else {
                  vErrors.push(err49)
                }
                errors++
              }
            }
            if (data25.clients !== void 0) {
              let data31 = data25.clients
              if (Array.isArray(data31)) {
                const len5 = data31.length
                for (let i5 = 0; i5 < len5; i5++) {
                  if (typeof data31[i5] !== 'string') {
                    const err50 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/clients/' + i5,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/clients/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    }
                    if (vErrors === null) {
                      vErrors = [err50]
                    } else {
                      vErrors.push(err50)
                    }
                    errors++
                  }
                }
              } else {
                const err51 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/clients',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/clients/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err51]
                } else {
                  vErrors.push(err51)
                }
                errors++
              }
            }
            if (data25.backends !== void 0) {
              let data33 = data25.backends
              if (Array.isArray(data33)) {
                const len6 = data33.length
                for (let i6 = 0; i6 < len6; i6++) {
                  if (typeof data33[i6] !== 'string') {
                    const err52 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/backends/' + i6,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/backends/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    }
                    if (vErrors === null) {
                      vErrors = [err52]
                    } else {
                      vErrors.push(err52)
                    }
                    errors++
                  }
                }
              } else {
                const err53 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/backends',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/backends/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err53]
                } else {
                  vErrors.push(err53)
                }
                errors++
              }
            }
            if (data25.when !== void 0) {
              let data35 = data25.when
              if (Array.isArray(data35)) {
                const len7 = data35.length
                for (let i7 = 0; i7 < len7; i7++) {
                  let data36 = data35[i7]
                  if (data36 && typeof data36 == 'object' && !Array.isArray(data36)) {
                    if (data36.path === void 0) {
                      const err54 = {
                        instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7,
                        schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'path' },
                        message: "must have required property 'path'",
                      }
                      if (vErrors === null) {
                        vErrors = [err54]
                      } else {
                        vErrors.push(err54)
                      }
                      errors++
                    }
                    if (data36.op === void 0) {
                      const err55 = {
                        instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7,
                        schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'op' },
                        message: "must have required property 'op'",
                      }
                      if (vErrors === null) {
                        vErrors = [err55]
                      } else {
                        vErrors.push(err55)
                      }
                      errors++
                    }
                    for (const key8 in data36) {
                      if (!(key8 === 'path' || key8 === 'op' || key8 === 'value')) {
                        const err56 = {
                          instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7,
                          schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key8 },
                          message: 'must NOT have additional properties',
                        }
                        if (vErrors === null) {
                          vErrors = [err56]
                        } else {
                          vErrors.push(err56)
                        }
                        errors++
                      }
                    }
                    if (data36.path !== void 0) {
                      let data37 = data36.path
                      if (typeof data37 === 'string') {
                        if (!pattern1.test(data37)) {
                          const err57 = {
                            instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7 + '/path',
                            schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/properties/path/pattern',
                            keyword: 'pattern',
                            params: { pattern: '^(/|$)' },
                            message: 'must match pattern "^(/|$)"',
                          }
                          if (vErrors === null) {
                            vErrors = [err57]
                          } else {
                            vErrors.push(err57)
                          }
                          errors++
                        }
                      } else {
                        const err58 = {
                          instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7 + '/path',
                          schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/properties/path/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        }
                        if (vErrors === null) {
                          vErrors = [err58]
                        } else {
                          vErrors.push(err58)
                        }
                        errors++
                      }
                    }
                    if (data36.op !== void 0) {
                      let data38 = data36.op
                      if (!(
                        data38 === 'eq' ||
                        data38 === 'ne' ||
                        data38 === 'glob' ||
                        data38 === 'regex' ||
                        data38 === 'lt' ||
                        data38 === 'gt' ||
                        data38 === 'exists'
                      )) {
                        const err59 = {
                          instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7 + '/op',
                          schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/properties/op/enum',
                          keyword: 'enum',
                          params: { allowedValues: schema11.properties.permissions.properties.rules.items.properties.when.items.properties.op.enum },
                          message: 'must be equal to one of the allowed values',
                        }
                        if (vErrors === null) {
                          vErrors = [err59]
                        } else {
                          vErrors.push(err59)
                        }
                        errors++
                      }
                    }
                  } else {
                    const err60 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    }
                    if (vErrors === null) {
                      vErrors = [err60]
                    } else {
                      vErrors.push(err60)
                    }
                    errors++
                  }
                }
              } else {
                const err61 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/when',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/when/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err61]
                } else {
                  vErrors.push(err61)
                }
                errors++
              }
            }
            if (data25.until !== void 0) {
              if (typeof data25.until !== 'string') {
                const err62 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/until',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/until/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                }
                if (vErrors === null) {
                  vErrors = [err62]
                } else {
                  vErrors.push(err62)
                }
                errors++
              }
            }
          } else {
            const err63 = {
              instancePath: instancePath + '/permissions/rules/' + i2,
              schemaPath: '#/properties/permissions/properties/rules/items/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            }
            if (vErrors === null) {
              vErrors = [err63]
            } else {
              vErrors.push(err63)
            }
            errors++
          }
        }
      } else {
        const err64 = {
          instancePath: instancePath + '/permissions/rules',
          schemaPath: '#/properties/permissions/properties/rules/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        }
        if (vErrors === null) {
          vErrors = [err64]
        } else {
          vErrors.push(err64)
        }
        errors++
      }
    } else {
      const err65 = {
        instancePath: instancePath + '/permissions',
        schemaPath: '#/properties/permissions/type',
        keyword: 'type',
        params: { type: 'object' },
        message: 'must be object',
      }
      if (vErrors === null) {
        vErrors = [err65]
      } else {
        vErrors.push(err65)
      }
      errors++
    }
    let data40 = data.limits
    if (Array.isArray(data40)) {
      const len8 = data40.length
      for (let i8 = 0; i8 < len8; i8++) {
        let data41 = data40[i8]
        if (data41 && typeof data41 == 'object' && !Array.isArray(data41)) {
          if (data41.scope === void 0) {
            const err66 = {
              instancePath: instancePath + '/limits/' + i8,
              schemaPath: '#/properties/limits/items/required',
              keyword: 'required',
              params: { missingProperty: 'scope' },
              message: "must have required property 'scope'",
            }
            if (vErrors === null) {
              vErrors = [err66]
            } else {
              vErrors.push(err66)
            }
            errors++
          }
          if (data41.rate === void 0) {
            const err67 = {
              instancePath: instancePath + '/limits/' + i8,
              schemaPath: '#/properties/limits/items/required',
              keyword: 'required',
              params: { missingProperty: 'rate' },
              message: "must have required property 'rate'",
            }
            if (vErrors === null) {
              vErrors = [err67]
            } else {
              vErrors.push(err67)
            }
            errors++
          }
          for (const key9 in data41) {
            if (!(key9 === 'scope' || key9 === 'rate' || key9 === 'burst')) {
              const err68 = {
                instancePath: instancePath + '/limits/' + i8,
                schemaPath: '#/properties/limits/items/additionalProperties',
                keyword: 'additionalProperties',
                params: { additionalProperty: key9 },
                message: 'must NOT have additional properties',
              }
              if (vErrors === null) {
                vErrors = [err68]
              } else {
                vErrors.push(err68)
              }
              errors++
            }
          }
          if (data41.scope !== void 0) {
            if (typeof data41.scope !== 'string') {
              const err69 = {
                instancePath: instancePath + '/limits/' + i8 + '/scope',
                schemaPath: '#/properties/limits/items/properties/scope/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              }
              if (vErrors === null) {
                vErrors = [err69]
              } else {
                vErrors.push(err69)
              }
              errors++
            }
          }
          if (data41.rate !== void 0) {
            if (typeof data41.rate !== 'string') {
              const err70 = {
                instancePath: instancePath + '/limits/' + i8 + '/rate',
                schemaPath: '#/properties/limits/items/properties/rate/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              }
              if (vErrors === null) {
                vErrors = [err70]
              } else {
                vErrors.push(err70)
              }
              errors++
            }
          }
          if (data41.burst !== void 0) {
            let data44 = data41.burst
            if (!(typeof data44 == 'number' && !(data44 % 1) && !isNaN(data44) && isFinite(data44))) {
              const err71 = {
                instancePath: instancePath + '/limits/' + i8 + '/burst',
                schemaPath: '#/properties/limits/items/properties/burst/type',
                keyword: 'type',
                params: { type: 'integer' },
                message: 'must be integer',
              }
              if (vErrors === null) {
                vErrors = [err71]
              } else {
                vErrors.push(err71)
              }
              errors++
            }
            if (typeof data44 == 'number' && isFinite(data44)) {
              if (data44 > 1e9 || isNaN(data44)) {
                const err72 = {
                  instancePath: instancePath + '/limits/' + i8 + '/burst',
                  schemaPath: '#/properties/limits/items/properties/burst/maximum',
                  keyword: 'maximum',
                  params: { comparison: '<=', limit: 1e9 },
                  message: 'must be <= 1000000000',
                }
                if (vErrors === null) {
                  vErrors = [err72]
                } else {
                  vErrors.push(err72)
                }
                errors++
              }
              if (data44 < 1 || isNaN(data44)) {
                const err73 = {
                  instancePath: instancePath + '/limits/' + i8 + '/burst',
                  schemaPath: '#/properties/limits/items/properties/burst/minimum',
                  keyword: 'minimum',
                  params: { comparison: '>=', limit: 1 },
                  message: 'must be >= 1',
                }
                if (vErrors === null) {
                  vErrors = [err73]
                } else {
                  vErrors.push(err73)
                }
                errors++
              }
            }
          }
        } else {
          const err74 = {
            instancePath: instancePath + '/limits/' + i8,
            schemaPath: '#/properties/limits/items/type',
            keyword: 'type',
            params: { type: 'object' },
            message: 'must be object',
          }
          if (vErrors === null) {
            vErrors = [err74]
          } else {
            vErrors.push(err74)
          }
          errors++
        }
      }
    } else {
      const err75 = {
        instancePath: instancePath + '/limits',
        schemaPath: '#/properties/limits/type',
        keyword: 'type',
        params: { type: 'array' },
        message: 'must be array',
      }
      if (vErrors === null) {
        vErrors = [err75]
      } else {
        vErrors.push(err75)
      }
      errors++
    }
    let data45 = data.auth
    if (data45 && typeof data45 == 'object' && !Array.isArray(data45)) {
      if (data45.required === void 0) {
        data45.required = false
      }
      for (const key10 in data45) {
        if (!(key10 === 'required')) {
          const err76 = {
            instancePath: instancePath + '/auth',
            schemaPath: '#/properties/auth/additionalProperties',
            keyword: 'additionalProperties',
            params: { additionalProperty: key10 },
            message: 'must NOT have additional properties',
          }
          if (vErrors === null) {
            vErrors = [err76]
          } else {
            vErrors.push(err76)
          }
          errors++
        }
      }
      if (typeof data45.required !== 'boolean') {
        const err77 = {
          instancePath: instancePath + '/auth/required',
          schemaPath: '#/properties/auth/properties/required/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        }
        if (vErrors === null) {
          vErrors = [err77]
        } else {
          vErrors.push(err77)
        }
        errors++
      }
    } else {
      const err78 = {
        instancePath: instancePath + '/auth',
        schemaPath: '#/properties/auth/type',
        keyword: 'type',
        params: { type: 'object' },
        message: 'must be object',
      }
      if (vErrors === null) {
        vErrors = [err78]
      } else {
        vErrors.push(err78)
      }
      errors++
    }
    let data47 = data.audit
    if (data47 && typeof data47 == 'object' && !Array.isArray(data47)) {
      if (data47.required === void 0) {
        data47.required = true
      }
      if (data47.sync === void 0) {
        data47.sync = false
      }
      if (data47.payloads === void 0) {
        data47.payloads = 'none'
      }
      if (data47.retentionDays === void 0) {
        data47.retentionDays = 30
      }
      if (data47.maxTotalBytes === void 0) {
        data47.maxTotalBytes = 1073741824
      }
      for (const key11 in data47) {
        if (!(key11 === 'required' || key11 === 'sync' || key11 === 'payloads' || key11 === 'retentionDays' || key11 === 'maxTotalBytes')) {
          const err79 = {
            instancePath: instancePath + '/audit',
            schemaPath: '#/properties/audit/additionalProperties',
            keyword: 'additionalProperties',
            params: { additionalProperty: key11 },
            message: 'must NOT have additional properties',
          }
          if (vErrors === null) {
            vErrors = [err79]
          } else {
            vErrors.push(err79)
          }
          errors++
        }
      }
      if (typeof data47.required !== 'boolean') {
        const err80 = {
          instancePath: instancePath + '/audit/required',
          schemaPath: '#/properties/audit/properties/required/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        }
        if (vErrors === null) {
          vErrors = [err80]
        } else {
          vErrors.push(err80)
        }
        errors++
      }
      if (typeof data47.sync !== 'boolean') {
        const err81 = {
          instancePath: instancePath + '/audit/sync',
          schemaPath: '#/properties/audit/properties/sync/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        }
        if (vErrors === null) {
          vErrors = [err81]
        } else {
          vErrors.push(err81)
        }
        errors++
      }
      if (!(data47.payloads === 'none')) {
        const err82 = {
          instancePath: instancePath + '/audit/payloads',
          schemaPath: '#/properties/audit/properties/payloads/enum',
          keyword: 'enum',
          params: { allowedValues: schema11.properties.audit.properties.payloads.enum },
          message: 'must be equal to one of the allowed values',
        }
        if (vErrors === null) {
          vErrors = [err82]
        } else {
          vErrors.push(err82)
        }
        errors++
      }
      let data51 = data47.retentionDays
      if (!(typeof data51 == 'number' && !(data51 % 1) && !isNaN(data51) && isFinite(data51))) {
        const err83 = {
          instancePath: instancePath + '/audit/retentionDays',
          schemaPath: '#/properties/audit/properties/retentionDays/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        }
        if (vErrors === null) {
          vErrors = [err83]
        } else {
          vErrors.push(err83)
        }
        errors++
      }
      if (typeof data51 == 'number' && isFinite(data51)) {
        if (data51 > 36500 || isNaN(data51)) {
          const err84 = {
            instancePath: instancePath + '/audit/retentionDays',
            schemaPath: '#/properties/audit/properties/retentionDays/maximum',
            keyword: 'maximum',
            params: { comparison: '<=', limit: 36500 },
            message: 'must be <= 36500',
          }
          if (vErrors === null) {
            vErrors = [err84]
          } else {
            vErrors.push(err84)
          }
          errors++
        }
        if (data51 < 1 || isNaN(data51)) {
          const err85 = {
            instancePath: instancePath + '/audit/retentionDays',
            schemaPath: '#/properties/audit/properties/retentionDays/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1 },
            message: 'must be >= 1',
          }
          if (vErrors === null) {
            vErrors = [err85]
          } else {
            vErrors.push(err85)
          }
          errors++
        }
      }
      let data52 = data47.maxTotalBytes
      if (!(typeof data52 == 'number' && !(data52 % 1) && !isNaN(data52) && isFinite(data52))) {
        const err86 = {
          instancePath: instancePath + '/audit/maxTotalBytes',
          schemaPath: '#/properties/audit/properties/maxTotalBytes/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        }
        if (vErrors === null) {
          vErrors = [err86]
        } else {
          vErrors.push(err86)
        }
        errors++
      }
      if (typeof data52 == 'number' && isFinite(data52)) {
        if (data52 < 1048576 || isNaN(data52)) {
          const err87 = {
            instancePath: instancePath + '/audit/maxTotalBytes',
            schemaPath: '#/properties/audit/properties/maxTotalBytes/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1048576 },
            message: 'must be >= 1048576',
          }
          if (vErrors === null) {
            vErrors = [err87]
          } else {
            vErrors.push(err87)
          }
          errors++
        }
      }
    } else {
      const err88 = {
        instancePath: instancePath + '/audit',
        schemaPath: '#/properties/audit/type',
        keyword: 'type',
        params: { type: 'object' },
        message: 'must be object',
      }
      if (vErrors === null) {
        vErrors = [err88]
      } else {
        vErrors.push(err88)
      }
      errors++
    }
    let data53 = data.maxFrameBytes
    if (!(typeof data53 == 'number' && !(data53 % 1) && !isNaN(data53) && isFinite(data53))) {
      const err89 = {
        instancePath: instancePath + '/maxFrameBytes',
        schemaPath: '#/properties/maxFrameBytes/type',
        keyword: 'type',
        params: { type: 'integer' },
        message: 'must be integer',
      }
      if (vErrors === null) {
        vErrors = [err89]
      } else {
        vErrors.push(err89)
      }
      errors++
    }
    if (typeof data53 == 'number' && isFinite(data53)) {
      if (data53 > 53687e4 || isNaN(data53)) {
        const err90 = {
          instancePath: instancePath + '/maxFrameBytes',
          schemaPath: '#/properties/maxFrameBytes/maximum',
          keyword: 'maximum',
          params: { comparison: '<=', limit: 53687e4 },
          message: 'must be <= 536870000',
        }
        if (vErrors === null) {
          vErrors = [err90]
        } else {
          vErrors.push(err90)
        }
        errors++
      }
      if (data53 < 65536 || isNaN(data53)) {
        const err91 = {
          instancePath: instancePath + '/maxFrameBytes',
          schemaPath: '#/properties/maxFrameBytes/minimum',
          keyword: 'minimum',
          params: { comparison: '>=', limit: 65536 },
          message: 'must be >= 65536',
        }
        if (vErrors === null) {
          vErrors = [err91]
        } else {
          vErrors.push(err91)
        }
        errors++
      }
    }
  } else {
    const err92 = { instancePath, schemaPath: '#/type', keyword: 'type', params: { type: 'object' }, message: 'must be object' }
    if (vErrors === null) {
      vErrors = [err92]
    } else {
      vErrors.push(err92)
    }
    errors++
  }
  validate10.errors = vErrors
  return errors === 0
}
export { stdin_default as default, validate }
