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
          oauth: {
            type: 'object',
            additionalProperties: false,
            properties: {
              clientId: { type: 'string', minLength: 1 },
              clientSecret: { type: 'string', minLength: 1 },
              clientMetadataUrl: { type: 'string', pattern: '^https://[^/]+/.' },
              callbackPort: { type: 'integer', minimum: 1, maximum: 65535 },
              scopes: { type: 'string', minLength: 1 },
            },
          },
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
    pins: { enum: ['off', 'warn', 'ask', 'quarantine'], default: 'ask' },
    auth: { type: 'object', additionalProperties: false, default: {}, properties: { required: { type: 'boolean', default: false } } },
    approvals: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        via: { type: 'array', items: { enum: ['window', 'client'] }, default: ['window', 'client'] },
        expireMs: { type: 'integer', minimum: 1e3, maximum: 6048e5, default: 9e5 },
      },
    },
    audit: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        required: { type: 'boolean', default: true },
        sync: { type: 'boolean', default: false },
        payloads: { enum: ['none', 'redacted', 'full'], default: 'redacted' },
        maxBytes: { type: 'integer', minimum: 0, maximum: 131072, default: 65536 },
        retentionDays: { type: 'integer', minimum: 1, maximum: 36500, default: 30 },
        maxTotalBytes: { type: 'integer', minimum: 1048576, default: 1073741824 },
      },
    },
    maxFrameBytes: { type: 'integer', minimum: 65536, maximum: 53687e4, default: 268435456 },
  },
}
var func2 = Object.prototype.hasOwnProperty
var func3 = require_ucs2length().default
var pattern0 = new RegExp('^(https?://|\\$\\{)', 'u')
var pattern1 = new RegExp('^https://[^/]+/.', 'u')
var pattern2 = new RegExp('^(/|$)', 'u')
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
    if (data.pins === void 0) {
      data.pins = 'ask'
    }
    if (data.auth === void 0) {
      data.auth = {}
    }
    if (data.approvals === void 0) {
      data.approvals = {}
    }
    if (data.audit === void 0) {
      data.audit = {}
    }
    if (data.maxFrameBytes === void 0) {
      data.maxFrameBytes = 268435456
    }
    for (const key0 in data) {
      if (!func2.call(schema11.properties, key0)) {
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
          if (func3(key1) > 64) {
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
          if (func3(key1) < 1) {
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
            if (!func2.call(schema11.properties.mcpServers.additionalProperties.properties, key3)) {
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
              if (func3(data4) < 1) {
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
              if (func3(data9) < 1) {
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
          if (data3.oauth !== void 0) {
            let data15 = data3.oauth
            if (data15 && typeof data15 == 'object' && !Array.isArray(data15)) {
              for (const key6 in data15) {
                if (!(key6 === 'clientId' || key6 === 'clientSecret' || key6 === 'clientMetadataUrl' || key6 === 'callbackPort' || key6 === 'scopes')) {
                  const err24 = {
                    instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth',
                    schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/additionalProperties',
                    keyword: 'additionalProperties',
                    params: { additionalProperty: key6 },
                    message: 'must NOT have additional properties',
                  }
                  if (vErrors === null) {
                    vErrors = [err24]
                  } else {
                    vErrors.push(err24)
                  }
                  errors++
                }
              }
              if (data15.clientId !== void 0) {
                let data16 = data15.clientId
                if (typeof data16 === 'string') {
                  if (func3(data16) < 1) {
                    const err25 = {
                      instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/clientId',
                      schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/clientId/minLength',
                      keyword: 'minLength',
                      params: { limit: 1 },
                      message: 'must NOT have fewer than 1 characters',
                    }
                    if (vErrors === null) {
                      vErrors = [err25]
                    } else {
                      vErrors.push(err25)
                    }
                    errors++
                  }
                } else {
                  const err26 = {
                    instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/clientId',
                    schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/clientId/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  }
                  if (vErrors === null) {
                    vErrors = [err26]
                  } else {
                    vErrors.push(err26)
                  }
                  errors++
                }
              }
              if (data15.clientSecret !== void 0) {
                let data17 = data15.clientSecret
                if (typeof data17 === 'string') {
                  if (func3(data17) < 1) {
                    const err27 = {
                      instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/clientSecret',
                      schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/clientSecret/minLength',
                      keyword: 'minLength',
                      params: { limit: 1 },
                      message: 'must NOT have fewer than 1 characters',
                    }
                    if (vErrors === null) {
                      vErrors = [err27]
                    } else {
                      vErrors.push(err27)
                    }
                    errors++
                  }
                } else {
                  const err28 = {
                    instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/clientSecret',
                    schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/clientSecret/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  }
                  if (vErrors === null) {
                    vErrors = [err28]
                  } else {
                    vErrors.push(err28)
                  }
                  errors++
                }
              }
              if (data15.clientMetadataUrl !== void 0) {
                let data18 = data15.clientMetadataUrl
                if (typeof data18 === 'string') {
                  if (!pattern1.test(data18)) {
                    const err29 = {
                      instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/clientMetadataUrl',
                      schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/clientMetadataUrl/pattern',
                      keyword: 'pattern',
                      params: { pattern: '^https://[^/]+/.' },
                      message: 'must match pattern "^https://[^/]+/."',
                    }
                    if (vErrors === null) {
                      vErrors = [err29]
                    } else {
                      vErrors.push(err29)
                    }
                    errors++
                  }
                } else {
                  const err30 = {
                    instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/clientMetadataUrl',
                    schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/clientMetadataUrl/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  }
                  if (vErrors === null) {
                    vErrors = [err30]
                  } else {
                    vErrors.push(err30)
                  }
                  errors++
                }
              }
              if (data15.callbackPort !== void 0) {
                let data19 = data15.callbackPort
                if (!(typeof data19 == 'number' && !(data19 % 1) && !isNaN(data19) && isFinite(data19))) {
                  const err31 = {
                    instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/callbackPort',
                    schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/callbackPort/type',
                    keyword: 'type',
                    params: { type: 'integer' },
                    message: 'must be integer',
                  }
                  if (vErrors === null) {
                    vErrors = [err31]
                  } else {
                    vErrors.push(err31)
                  }
                  errors++
                }
                if (typeof data19 == 'number' && isFinite(data19)) {
                  if (data19 > 65535 || isNaN(data19)) {
                    const err32 = {
                      instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/callbackPort',
                      schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/callbackPort/maximum',
                      keyword: 'maximum',
                      params: { comparison: '<=', limit: 65535 },
                      message: 'must be <= 65535',
                    }
                    if (vErrors === null) {
                      vErrors = [err32]
                    } else {
                      vErrors.push(err32)
                    }
                    errors++
                  }
                  if (data19 < 1 || isNaN(data19)) {
                    const err33 = {
                      instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/callbackPort',
                      schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/callbackPort/minimum',
                      keyword: 'minimum',
                      params: { comparison: '>=', limit: 1 },
                      message: 'must be >= 1',
                    }
                    if (vErrors === null) {
                      vErrors = [err33]
                    } else {
                      vErrors.push(err33)
                    }
                    errors++
                  }
                }
              }
              if (data15.scopes !== void 0) {
                let data20 = data15.scopes
                if (typeof data20 === 'string') {
                  if (func3(data20) < 1) {
                    const err34 = {
                      instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/scopes',
                      schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/scopes/minLength',
                      keyword: 'minLength',
                      params: { limit: 1 },
                      message: 'must NOT have fewer than 1 characters',
                    }
                    if (vErrors === null) {
                      vErrors = [err34]
                    } else {
                      vErrors.push(err34)
                    }
                    errors++
                  }
                } else {
                  const err35 = {
                    instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth/scopes',
                    schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/properties/scopes/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  }
                  if (vErrors === null) {
                    vErrors = [err35]
                  } else {
                    vErrors.push(err35)
                  }
                  errors++
                }
              }
            } else {
              const err36 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/oauth',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/oauth/type',
                keyword: 'type',
                params: { type: 'object' },
                message: 'must be object',
              }
              if (vErrors === null) {
                vErrors = [err36]
              } else {
                vErrors.push(err36)
              }
              errors++
            }
          }
          let data21 = data3.tags
          if (Array.isArray(data21)) {
            const len1 = data21.length
            for (let i1 = 0; i1 < len1; i1++) {
              if (typeof data21[i1] !== 'string') {
                const err37 = {
                  instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/tags/' + i1,
                  schemaPath: '#/properties/mcpServers/additionalProperties/properties/tags/items/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                }
                if (vErrors === null) {
                  vErrors = [err37]
                } else {
                  vErrors.push(err37)
                }
                errors++
              }
            }
          } else {
            const err38 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/tags',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/tags/type',
              keyword: 'type',
              params: { type: 'array' },
              message: 'must be array',
            }
            if (vErrors === null) {
              vErrors = [err38]
            } else {
              vErrors.push(err38)
            }
            errors++
          }
          let data23 = data3.timeoutMs
          if (!(typeof data23 == 'number' && !(data23 % 1) && !isNaN(data23) && isFinite(data23))) {
            const err39 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/timeoutMs',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/timeoutMs/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            }
            if (vErrors === null) {
              vErrors = [err39]
            } else {
              vErrors.push(err39)
            }
            errors++
          }
          if (typeof data23 == 'number' && isFinite(data23)) {
            if (data23 > 2147483647 || isNaN(data23)) {
              const err40 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/timeoutMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/timeoutMs/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 2147483647 },
                message: 'must be <= 2147483647',
              }
              if (vErrors === null) {
                vErrors = [err40]
              } else {
                vErrors.push(err40)
              }
              errors++
            }
            if (data23 < 1 || isNaN(data23)) {
              const err41 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/timeoutMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/timeoutMs/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 1 },
                message: 'must be >= 1',
              }
              if (vErrors === null) {
                vErrors = [err41]
              } else {
                vErrors.push(err41)
              }
              errors++
            }
          }
          let data24 = data3.startTimeoutMs
          if (!(typeof data24 == 'number' && !(data24 % 1) && !isNaN(data24) && isFinite(data24))) {
            const err42 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/startTimeoutMs',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/startTimeoutMs/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            }
            if (vErrors === null) {
              vErrors = [err42]
            } else {
              vErrors.push(err42)
            }
            errors++
          }
          if (typeof data24 == 'number' && isFinite(data24)) {
            if (data24 > 2147483647 || isNaN(data24)) {
              const err43 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/startTimeoutMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/startTimeoutMs/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 2147483647 },
                message: 'must be <= 2147483647',
              }
              if (vErrors === null) {
                vErrors = [err43]
              } else {
                vErrors.push(err43)
              }
              errors++
            }
            if (data24 < 1 || isNaN(data24)) {
              const err44 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/startTimeoutMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/startTimeoutMs/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 1 },
                message: 'must be >= 1',
              }
              if (vErrors === null) {
                vErrors = [err44]
              } else {
                vErrors.push(err44)
              }
              errors++
            }
          }
          let data25 = data3.concurrency
          if (!(typeof data25 == 'number' && !(data25 % 1) && !isNaN(data25) && isFinite(data25))) {
            const err45 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/concurrency',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/concurrency/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            }
            if (vErrors === null) {
              vErrors = [err45]
            } else {
              vErrors.push(err45)
            }
            errors++
          }
          if (typeof data25 == 'number' && isFinite(data25)) {
            if (data25 > 1e4 || isNaN(data25)) {
              const err46 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/concurrency',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/concurrency/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 1e4 },
                message: 'must be <= 10000',
              }
              if (vErrors === null) {
                vErrors = [err46]
              } else {
                vErrors.push(err46)
              }
              errors++
            }
            if (data25 < 1 || isNaN(data25)) {
              const err47 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/concurrency',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/concurrency/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 1 },
                message: 'must be >= 1',
              }
              if (vErrors === null) {
                vErrors = [err47]
              } else {
                vErrors.push(err47)
              }
              errors++
            }
          }
          let data26 = data3.idleMs
          if (!(typeof data26 == 'number' && !(data26 % 1) && !isNaN(data26) && isFinite(data26))) {
            const err48 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/idleMs',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/idleMs/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            }
            if (vErrors === null) {
              vErrors = [err48]
            } else {
              vErrors.push(err48)
            }
            errors++
          }
          if (typeof data26 == 'number' && isFinite(data26)) {
            if (data26 > 2147483647 || isNaN(data26)) {
              const err49 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/idleMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/idleMs/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 2147483647 },
                message: 'must be <= 2147483647',
              }
              if (vErrors === null) {
                vErrors = [err49]
              } else {
                vErrors.push(err49)
              }
              errors++
            }
            if (data26 < 0 || isNaN(data26)) {
              const err50 = {
                instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/idleMs',
                schemaPath: '#/properties/mcpServers/additionalProperties/properties/idleMs/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 0 },
                message: 'must be >= 0',
              }
              if (vErrors === null) {
                vErrors = [err50]
              } else {
                vErrors.push(err50)
              }
              errors++
            }
          }
          if (typeof data3.enabled !== 'boolean') {
            const err51 = {
              instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1') + '/enabled',
              schemaPath: '#/properties/mcpServers/additionalProperties/properties/enabled/type',
              keyword: 'type',
              params: { type: 'boolean' },
              message: 'must be boolean',
            }
            if (vErrors === null) {
              vErrors = [err51]
            } else {
              vErrors.push(err51)
            }
            errors++
          }
        } else {
          const err52 = {
            instancePath: instancePath + '/mcpServers/' + key2.replace(/~/g, '~0').replace(/\//g, '~1'),
            schemaPath: '#/properties/mcpServers/additionalProperties/type',
            keyword: 'type',
            params: { type: 'object' },
            message: 'must be object',
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
        instancePath: instancePath + '/mcpServers',
        schemaPath: '#/properties/mcpServers/type',
        keyword: 'type',
        params: { type: 'object' },
        message: 'must be object',
      }
      if (vErrors === null) {
        vErrors = [err53]
      } else {
        vErrors.push(err53)
      }
      errors++
    }
    let data28 = data.permissions
    if (data28 && typeof data28 == 'object' && !Array.isArray(data28)) {
      if (data28.default === void 0) {
        data28.default = 'allow'
      }
      if (data28.rules === void 0) {
        data28.rules = []
      }
      for (const key7 in data28) {
        if (!(key7 === 'default' || key7 === 'rules')) {
          const err54 = {
            instancePath: instancePath + '/permissions',
            schemaPath: '#/properties/permissions/additionalProperties',
            keyword: 'additionalProperties',
            params: { additionalProperty: key7 },
            message: 'must NOT have additional properties',
          }
          if (vErrors === null) {
            vErrors = [err54]
          } else {
            vErrors.push(err54)
          }
          errors++
        }
      }
      let data29 = data28.default
      if (!(data29 === 'allow' || data29 === 'ask' || data29 === 'deny' || data29 === 'annotations')) {
        const err55 = {
          instancePath: instancePath + '/permissions/default',
          schemaPath: '#/properties/permissions/properties/default/enum',
          keyword: 'enum',
          params: { allowedValues: schema11.properties.permissions.properties.default.enum },
          message: 'must be equal to one of the allowed values',
        }
        if (vErrors === null) {
          vErrors = [err55]
        } else {
          vErrors.push(err55)
        }
        errors++
      }
      let data30 = data28.rules
      if (Array.isArray(data30)) {
        const len2 = data30.length
        for (let i2 = 0; i2 < len2; i2++) {
          let data31 = data30[i2]
          if (data31 && typeof data31 == 'object' && !Array.isArray(data31)) {
            if (data31.effect === void 0) {
              const err56 = {
                instancePath: instancePath + '/permissions/rules/' + i2,
                schemaPath: '#/properties/permissions/properties/rules/items/required',
                keyword: 'required',
                params: { missingProperty: 'effect' },
                message: "must have required property 'effect'",
              }
              if (vErrors === null) {
                vErrors = [err56]
              } else {
                vErrors.push(err56)
              }
              errors++
            }
            for (const key8 in data31) {
              if (!(
                key8 === 'effect' ||
                key8 === 'tools' ||
                key8 === 'roles' ||
                key8 === 'clients' ||
                key8 === 'backends' ||
                key8 === 'when' ||
                key8 === 'until'
              )) {
                const err57 = {
                  instancePath: instancePath + '/permissions/rules/' + i2,
                  schemaPath: '#/properties/permissions/properties/rules/items/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key8 },
                  message: 'must NOT have additional properties',
                }
                if (vErrors === null) {
                  vErrors = [err57]
                } else {
                  vErrors.push(err57)
                }
                errors++
              }
            }
            if (data31.effect !== void 0) {
              let data32 = data31.effect
              if (!(data32 === 'allow' || data32 === 'ask' || data32 === 'deny')) {
                const err58 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/effect',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/effect/enum',
                  keyword: 'enum',
                  params: { allowedValues: schema11.properties.permissions.properties.rules.items.properties.effect.enum },
                  message: 'must be equal to one of the allowed values',
                }
                if (vErrors === null) {
                  vErrors = [err58]
                } else {
                  vErrors.push(err58)
                }
                errors++
              }
            }
            if (data31.tools !== void 0) {
              let data33 = data31.tools
              if (Array.isArray(data33)) {
                const len3 = data33.length
                for (let i3 = 0; i3 < len3; i3++) {
                  if (typeof data33[i3] !== 'string') {
                    const err59 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/tools/' + i3,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/tools/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
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
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/tools',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/tools/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err60]
                } else {
                  vErrors.push(err60)
                }
                errors++
              }
            }
            if (data31.roles !== void 0) {
              let data35 = data31.roles
              if (Array.isArray(data35)) {
                const len4 = data35.length
                for (let i4 = 0; i4 < len4; i4++) {
                  if (typeof data35[i4] !== 'string') {
                    const err61 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/roles/' + i4,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/roles/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    }
                    if (vErrors === null) {
                      vErrors = [err61]
                    } else {
                      vErrors.push(err61)
                    }
                    errors++
                  }
                }
              } else {
                const err62 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/roles',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/roles/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err62]
                } else {
                  vErrors.push(err62)
                }
                errors++
              }
            }
            if (data31.clients !== void 0) {
              let data37 = data31.clients
              if (Array.isArray(data37)) {
                const len5 = data37.length
                for (let i5 = 0; i5 < len5; i5++) {
                  if (typeof data37[i5] !== 'string') {
                    const err63 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/clients/' + i5,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/clients/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
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
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/clients',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/clients/type',
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
            }
            if (data31.backends !== void 0) {
              let data39 = data31.backends
              if (Array.isArray(data39)) {
                const len6 = data39.length
                for (let i6 = 0; i6 < len6; i6++) {
                  if (typeof data39[i6] !== 'string') {
                    const err65 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/backends/' + i6,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/backends/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    }
                    if (vErrors === null) {
                      vErrors = [err65]
                    } else {
                      vErrors.push(err65)
                    }
                    errors++
                  }
                }
              } else {
                const err66 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/backends',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/backends/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err66]
                } else {
                  vErrors.push(err66)
                }
                errors++
              }
            }
            if (data31.when !== void 0) {
              let data41 = data31.when
              if (Array.isArray(data41)) {
                const len7 = data41.length
                for (let i7 = 0; i7 < len7; i7++) {
                  let data42 = data41[i7]
                  if (data42 && typeof data42 == 'object' && !Array.isArray(data42)) {
                    if (data42.path === void 0) {
                      const err67 = {
                        instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7,
                        schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'path' },
                        message: "must have required property 'path'",
                      }
                      if (vErrors === null) {
                        vErrors = [err67]
                      } else {
                        vErrors.push(err67)
                      }
                      errors++
                    }
                    if (data42.op === void 0) {
                      const err68 = {
                        instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7,
                        schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'op' },
                        message: "must have required property 'op'",
                      }
                      if (vErrors === null) {
                        vErrors = [err68]
                      } else {
                        vErrors.push(err68)
                      }
                      errors++
                    }
                    for (const key9 in data42) {
                      if (!(key9 === 'path' || key9 === 'op' || key9 === 'value')) {
                        const err69 = {
                          instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7,
                          schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key9 },
                          message: 'must NOT have additional properties',
                        }
                        if (vErrors === null) {
                          vErrors = [err69]
                        } else {
                          vErrors.push(err69)
                        }
                        errors++
                      }
                    }
                    if (data42.path !== void 0) {
                      let data43 = data42.path
                      if (typeof data43 === 'string') {
                        if (!pattern2.test(data43)) {
                          const err70 = {
                            instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7 + '/path',
                            schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/properties/path/pattern',
                            keyword: 'pattern',
                            params: { pattern: '^(/|$)' },
                            message: 'must match pattern "^(/|$)"',
                          }
                          if (vErrors === null) {
                            vErrors = [err70]
                          } else {
                            vErrors.push(err70)
                          }
                          errors++
                        }
                      } else {
                        const err71 = {
                          instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7 + '/path',
                          schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/properties/path/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        }
                        if (vErrors === null) {
                          vErrors = [err71]
                        } else {
                          vErrors.push(err71)
                        }
                        errors++
                      }
                    }
                    if (data42.op !== void 0) {
                      let data44 = data42.op
                      if (!(
                        data44 === 'eq' ||
                        data44 === 'ne' ||
                        data44 === 'glob' ||
                        data44 === 'regex' ||
                        data44 === 'lt' ||
                        data44 === 'gt' ||
                        data44 === 'exists'
                      )) {
                        const err72 = {
                          instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7 + '/op',
                          schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/properties/op/enum',
                          keyword: 'enum',
                          params: { allowedValues: schema11.properties.permissions.properties.rules.items.properties.when.items.properties.op.enum },
                          message: 'must be equal to one of the allowed values',
                        }
                        if (vErrors === null) {
                          vErrors = [err72]
                        } else {
                          vErrors.push(err72)
                        }
                        errors++
                      }
                    }
                  } else {
                    const err73 = {
                      instancePath: instancePath + '/permissions/rules/' + i2 + '/when/' + i7,
                      schemaPath: '#/properties/permissions/properties/rules/items/properties/when/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    }
                    if (vErrors === null) {
                      vErrors = [err73]
                    } else {
                      vErrors.push(err73)
                    }
                    errors++
                  }
                }
              } else {
                const err74 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/when',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/when/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                }
                if (vErrors === null) {
                  vErrors = [err74]
                } else {
                  vErrors.push(err74)
                }
                errors++
              }
            }
            if (data31.until !== void 0) {
              if (typeof data31.until !== 'string') {
                const err75 = {
                  instancePath: instancePath + '/permissions/rules/' + i2 + '/until',
                  schemaPath: '#/properties/permissions/properties/rules/items/properties/until/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                }
                if (vErrors === null) {
                  vErrors = [err75]
                } else {
                  vErrors.push(err75)
                }
                errors++
              }
            }
          } else {
            const err76 = {
              instancePath: instancePath + '/permissions/rules/' + i2,
              schemaPath: '#/properties/permissions/properties/rules/items/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            }
            if (vErrors === null) {
              vErrors = [err76]
            } else {
              vErrors.push(err76)
            }
            errors++
          }
        }
      } else {
        const err77 = {
          instancePath: instancePath + '/permissions/rules',
          schemaPath: '#/properties/permissions/properties/rules/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
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
        instancePath: instancePath + '/permissions',
        schemaPath: '#/properties/permissions/type',
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
    let data46 = data.limits
    if (Array.isArray(data46)) {
      const len8 = data46.length
      for (let i8 = 0; i8 < len8; i8++) {
        let data47 = data46[i8]
        if (data47 && typeof data47 == 'object' && !Array.isArray(data47)) {
          if (data47.scope === void 0) {
            const err79 = {
              instancePath: instancePath + '/limits/' + i8,
              schemaPath: '#/properties/limits/items/required',
              keyword: 'required',
              params: { missingProperty: 'scope' },
              message: "must have required property 'scope'",
            }
            if (vErrors === null) {
              vErrors = [err79]
            } else {
              vErrors.push(err79)
            }
            errors++
          }
          if (data47.rate === void 0) {
            const err80 = {
              instancePath: instancePath + '/limits/' + i8,
              schemaPath: '#/properties/limits/items/required',
              keyword: 'required',
              params: { missingProperty: 'rate' },
              message: "must have required property 'rate'",
            }
            if (vErrors === null) {
              vErrors = [err80]
            } else {
              vErrors.push(err80)
            }
            errors++
          }
          for (const key10 in data47) {
            if (!(key10 === 'scope' || key10 === 'rate' || key10 === 'burst')) {
              const err81 = {
                instancePath: instancePath + '/limits/' + i8,
                schemaPath: '#/properties/limits/items/additionalProperties',
                keyword: 'additionalProperties',
                params: { additionalProperty: key10 },
                message: 'must NOT have additional properties',
              }
              if (vErrors === null) {
                vErrors = [err81]
              } else {
                vErrors.push(err81)
              }
              errors++
            }
          }
          if (data47.scope !== void 0) {
            if (typeof data47.scope !== 'string') {
              const err82 = {
                instancePath: instancePath + '/limits/' + i8 + '/scope',
                schemaPath: '#/properties/limits/items/properties/scope/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              }
              if (vErrors === null) {
                vErrors = [err82]
              } else {
                vErrors.push(err82)
              }
              errors++
            }
          }
          if (data47.rate !== void 0) {
            if (typeof data47.rate !== 'string') {
              const err83 = {
                instancePath: instancePath + '/limits/' + i8 + '/rate',
                schemaPath: '#/properties/limits/items/properties/rate/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              }
              if (vErrors === null) {
                vErrors = [err83]
              } else {
                vErrors.push(err83)
              }
              errors++
            }
          }
          if (data47.burst !== void 0) {
            let data50 = data47.burst
            if (!(typeof data50 == 'number' && !(data50 % 1) && !isNaN(data50) && isFinite(data50))) {
              const err84 = {
                instancePath: instancePath + '/limits/' + i8 + '/burst',
                schemaPath: '#/properties/limits/items/properties/burst/type',
                keyword: 'type',
                params: { type: 'integer' },
                message: 'must be integer',
              }
              if (vErrors === null) {
                vErrors = [err84]
              } else {
                vErrors.push(err84)
              }
              errors++
            }
            if (typeof data50 == 'number' && isFinite(data50)) {
              if (data50 > 1e9 || isNaN(data50)) {
                const err85 = {
                  instancePath: instancePath + '/limits/' + i8 + '/burst',
                  schemaPath: '#/properties/limits/items/properties/burst/maximum',
                  keyword: 'maximum',
                  params: { comparison: '<=', limit: 1e9 },
                  message: 'must be <= 1000000000',
                }
                if (vErrors === null) {
                  vErrors = [err85]
                } else {
                  vErrors.push(err85)
                }
                errors++
              }
              if (data50 < 1 || isNaN(data50)) {
                const err86 = {
                  instancePath: instancePath + '/limits/' + i8 + '/burst',
                  schemaPath: '#/properties/limits/items/properties/burst/minimum',
                  keyword: 'minimum',
                  params: { comparison: '>=', limit: 1 },
                  message: 'must be >= 1',
                }
                if (vErrors === null) {
                  vErrors = [err86]
                } else {
                  vErrors.push(err86)
                }
                errors++
              }
            }
          }
        } else {
          const err87 = {
            instancePath: instancePath + '/limits/' + i8,
            schemaPath: '#/properties/limits/items/type',
            keyword: 'type',
            params: { type: 'object' },
            message: 'must be object',
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
        instancePath: instancePath + '/limits',
        schemaPath: '#/properties/limits/type',
        keyword: 'type',
        params: { type: 'array' },
        message: 'must be array',
      }
      if (vErrors === null) {
        vErrors = [err88]
      } else {
        vErrors.push(err88)
      }
      errors++
    }
    let data51 = data.pins
    if (!(data51 === 'off' || data51 === 'warn' || data51 === 'ask' || data51 === 'quarantine')) {
      const err89 = {
        instancePath: instancePath + '/pins',
        schemaPath: '#/properties/pins/enum',
        keyword: 'enum',
        params: { allowedValues: schema11.properties.pins.enum },
        message: 'must be equal to one of the allowed values',
      }
      if (vErrors === null) {
        vErrors = [err89]
      } else {
        vErrors.push(err89)
      }
      errors++
    }
    let data52 = data.auth
    if (data52 && typeof data52 == 'object' && !Array.isArray(data52)) {
      if (data52.required === void 0) {
        data52.required = false
      }
      for (const key11 in data52) {
        if (!(key11 === 'required')) {
          const err90 = {
            instancePath: instancePath + '/auth',
            schemaPath: '#/properties/auth/additionalProperties',
            keyword: 'additionalProperties',
            params: { additionalProperty: key11 },
            message: 'must NOT have additional properties',
          }
          if (vErrors === null) {
            vErrors = [err90]
          } else {
            vErrors.push(err90)
          }
          errors++
        }
      }
      if (typeof data52.required !== 'boolean') {
        const err91 = {
          instancePath: instancePath + '/auth/required',
          schemaPath: '#/properties/auth/properties/required/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        }
        if (vErrors === null) {
          vErrors = [err91]
        } else {
          vErrors.push(err91)
        }
        errors++
      }
    } else {
      const err92 = {
        instancePath: instancePath + '/auth',
        schemaPath: '#/properties/auth/type',
        keyword: 'type',
        params: { type: 'object' },
        message: 'must be object',
      }
      if (vErrors === null) {
        vErrors = [err92]
      } else {
        vErrors.push(err92)
      }
      errors++
    }
    let data54 = data.approvals
    if (data54 && typeof data54 == 'object' && !Array.isArray(data54)) {
      if (data54.via === void 0) {
        data54.via = ['window', 'client']
      }
      if (data54.expireMs === void 0) {
        data54.expireMs = 9e5
      }
      for (const key12 in data54) {
        if (!(key12 === 'via' || key12 === 'expireMs')) {
          const err93 = {
            instancePath: instancePath + '/approvals',
            schemaPath: '#/properties/approvals/additionalProperties',
            keyword: 'additionalProperties',
            params: { additionalProperty: key12 },
            message: 'must NOT have additional properties',
          }
          if (vErrors === null) {
            vErrors = [err93]
          } else {
            vErrors.push(err93)
          }
          errors++
        }
      }
      let data55 = data54.via
      if (Array.isArray(data55)) {
        const len9 = data55.length
        for (let i9 = 0; i9 < len9; i9++) {
          let data56 = data55[i9]
          if (!(data56 === 'window' || data56 === 'client')) {
            const err94 = {
              instancePath: instancePath + '/approvals/via/' + i9,
              schemaPath: '#/properties/approvals/properties/via/items/enum',
              keyword: 'enum',
              params: { allowedValues: schema11.properties.approvals.properties.via.items.enum },
              message: 'must be equal to one of the allowed values',
            }
            if (vErrors === null) {
              vErrors = [err94]
            } else {
              vErrors.push(err94)
            }
            errors++
          }
        }
      } else {
        const err95 = {
          instancePath: instancePath + '/approvals/via',
          schemaPath: '#/properties/approvals/properties/via/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        }
        if (vErrors === null) {
          vErrors = [err95]
        } else {
          vErrors.push(err95)
        }
        errors++
      }
      let data57 = data54.expireMs
      if (!(typeof data57 == 'number' && !(data57 % 1) && !isNaN(data57) && isFinite(data57))) {
        const err96 = {
          instancePath: instancePath + '/approvals/expireMs',
          schemaPath: '#/properties/approvals/properties/expireMs/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        }
        if (vErrors === null) {
          vErrors = [err96]
        } else {
          vErrors.push(err96)
        }
        errors++
      }
      if (typeof data57 == 'number' && isFinite(data57)) {
        if (data57 > 6048e5 || isNaN(data57)) {
          const err97 = {
            instancePath: instancePath + '/approvals/expireMs',
            schemaPath: '#/properties/approvals/properties/expireMs/maximum',
            keyword: 'maximum',
            params: { comparison: '<=', limit: 6048e5 },
            message: 'must be <= 604800000',
          }
          if (vErrors === null) {
            vErrors = [err97]
          } else {
            vErrors.push(err97)
          }
          errors++
        }
        if (data57 < 1e3 || isNaN(data57)) {
          const err98 = {
            instancePath: instancePath + '/approvals/expireMs',
            schemaPath: '#/properties/approvals/properties/expireMs/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1e3 },
            message: 'must be >= 1000',
          }
          if (vErrors === null) {
            vErrors = [err98]
          } else {
            vErrors.push(err98)
          }
          errors++
        }
      }
    } else {
      const err99 = {
        instancePath: instancePath + '/approvals',
        schemaPath: '#/properties/approvals/type',
        keyword: 'type',
        params: { type: 'object' },
        message: 'must be object',
      }
      if (vErrors === null) {
        vErrors = [err99]
      } else {
        vErrors.push(err99)
      }
      errors++
    }
    let data58 = data.audit
    if (data58 && typeof data58 == 'object' && !Array.isArray(data58)) {
      if (data58.required === void 0) {
        data58.required = true
      }
      if (data58.sync === void 0) {
        data58.sync = false
      }
      if (data58.payloads === void 0) {
        data58.payloads = 'redacted'
      }
      if (data58.maxBytes === void 0) {
        data58.maxBytes = 65536
      }
      if (data58.retentionDays === void 0) {
        data58.retentionDays = 30
      }
      if (data58.maxTotalBytes === void 0) {
        data58.maxTotalBytes = 1073741824
      }
      for (const key13 in data58) {
        if (!(
          key13 === 'required' ||
          key13 === 'sync' ||
          key13 === 'payloads' ||
          key13 === 'maxBytes' ||
          key13 === 'retentionDays' ||
          key13 === 'maxTotalBytes'
        )) {
          const err100 = {
            instancePath: instancePath + '/audit',
            schemaPath: '#/properties/audit/additionalProperties',
            keyword: 'additionalProperties',
            params: { additionalProperty: key13 },
            message: 'must NOT have additional properties',
          }
          if (vErrors === null) {
            vErrors = [err100]
          } else {
            vErrors.push(err100)
          }
          errors++
        }
      }
      if (typeof data58.required !== 'boolean') {
        const err101 = {
          instancePath: instancePath + '/audit/required',
          schemaPath: '#/properties/audit/properties/required/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        }
        if (vErrors === null) {
          vErrors = [err101]
        } else {
          vErrors.push(err101)
        }
        errors++
      }
      if (typeof data58.sync !== 'boolean') {
        const err102 = {
          instancePath: instancePath + '/audit/sync',
          schemaPath: '#/properties/audit/properties/sync/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        }
        if (vErrors === null) {
          vErrors = [err102]
        } else {
          vErrors.push(err102)
        }
        errors++
      }
      let data61 = data58.payloads
      if (!(data61 === 'none' || data61 === 'redacted' || data61 === 'full')) {
        const err103 = {
          instancePath: instancePath + '/audit/payloads',
          schemaPath: '#/properties/audit/properties/payloads/enum',
          keyword: 'enum',
          params: { allowedValues: schema11.properties.audit.properties.payloads.enum },
          message: 'must be equal to one of the allowed values',
        }
        if (vErrors === null) {
          vErrors = [err103]
        } else {
          vErrors.push(err103)
        }
        errors++
      }
      let data62 = data58.maxBytes
      if (!(typeof data62 == 'number' && !(data62 % 1) && !isNaN(data62) && isFinite(data62))) {
        const err104 = {
          instancePath: instancePath + '/audit/maxBytes',
          schemaPath: '#/properties/audit/properties/maxBytes/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        }
        if (vErrors === null) {
          vErrors = [err104]
        } else {
          vErrors.push(err104)
        }
        errors++
      }
      if (typeof data62 == 'number' && isFinite(data62)) {
        if (data62 > 131072 || isNaN(data62)) {
          const err105 = {
            instancePath: instancePath + '/audit/maxBytes',
            schemaPath: '#/properties/audit/properties/maxBytes/maximum',
            keyword: 'maximum',
            params: { comparison: '<=', limit: 131072 },
            message: 'must be <= 131072',
          }
          if (vErrors === null) {
            vErrors = [err105]
          } else {
            vErrors.push(err105)
          }
          errors++
        }
        if (data62 < 0 || isNaN(data62)) {
          const err106 = {
            instancePath: instancePath + '/audit/maxBytes',
            schemaPath: '#/properties/audit/properties/maxBytes/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 0 },
            message: 'must be >= 0',
          }
          if (vErrors === null) {
            vErrors = [err106]
          } else {
            vErrors.push(err106)
          }
          errors++
        }
      }
      let data63 = data58.retentionDays
      if (!(typeof data63 == 'number' && !(data63 % 1) && !isNaN(data63) && isFinite(data63))) {
        const err107 = {
          instancePath: instancePath + '/audit/retentionDays',
          schemaPath: '#/properties/audit/properties/retentionDays/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        }
        if (vErrors === null) {
          vErrors = [err107]
        } else {
          vErrors.push(err107)
        }
        errors++
      }
      if (typeof data63 == 'number' && isFinite(data63)) {
        if (data63 > 36500 || isNaN(data63)) {
          const err108 = {
            instancePath: instancePath + '/audit/retentionDays',
            schemaPath: '#/properties/audit/properties/retentionDays/maximum',
            keyword: 'maximum',
            params: { comparison: '<=', limit: 36500 },
            message: 'must be <= 36500',
          }
          if (vErrors === null) {
            vErrors = [err108]
          } else {
            vErrors.push(err108)
          }
          errors++
        }
        if (data63 < 1 || isNaN(data63)) {
          const err109 = {
            instancePath: instancePath + '/audit/retentionDays',
            schemaPath: '#/properties/audit/properties/retentionDays/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1 },
            message: 'must be >= 1',
          }
          if (vErrors === null) {
            vErrors = [err109]
          } else {
            vErrors.push(err109)
          }
          errors++
        }
      }
      let data64 = data58.maxTotalBytes
      if (!(typeof data64 == 'number' && !(data64 % 1) && !isNaN(data64) && isFinite(data64))) {
        const err110 = {
          instancePath: instancePath + '/audit/maxTotalBytes',
          schemaPath: '#/properties/audit/properties/maxTotalBytes/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        }
        if (vErrors === null) {
          vErrors = [err110]
        } else {
          vErrors.push(err110)
        }
        errors++
      }
      if (typeof data64 == 'number' && isFinite(data64)) {
        if (data64 < 1048576 || isNaN(data64)) {
          const err111 = {
            instancePath: instancePath + '/audit/maxTotalBytes',
            schemaPath: '#/properties/audit/properties/maxTotalBytes/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1048576 },
            message: 'must be >= 1048576',
          }
          if (vErrors === null) {
            vErrors = [err111]
          } else {
            vErrors.push(err111)
          }
          errors++
        }
      }
    } else {
      const err112 = {
        instancePath: instancePath + '/audit',
        schemaPath: '#/properties/audit/type',
        keyword: 'type',
        params: { type: 'object' },
        message: 'must be object',
      }
      if (vErrors === null) {
        vErrors = [err112]
      } else {
        vErrors.push(err112)
      }
      errors++
    }
    let data65 = data.maxFrameBytes
    if (!(typeof data65 == 'number' && !(data65 % 1) && !isNaN(data65) && isFinite(data65))) {
      const err113 = {
        instancePath: instancePath + '/maxFrameBytes',
        schemaPath: '#/properties/maxFrameBytes/type',
        keyword: 'type',
        params: { type: 'integer' },
        message: 'must be integer',
      }
      if (vErrors === null) {
        vErrors = [err113]
      } else {
        vErrors.push(err113)
      }
      errors++
    }
    if (typeof data65 == 'number' && isFinite(data65)) {
      if (data65 > 53687e4 || isNaN(data65)) {
        const err114 = {
          instancePath: instancePath + '/maxFrameBytes',
          schemaPath: '#/properties/maxFrameBytes/maximum',
          keyword: 'maximum',
          params: { comparison: '<=', limit: 53687e4 },
          message: 'must be <= 536870000',
        }
        if (vErrors === null) {
          vErrors = [err114]
        } else {
          vErrors.push(err114)
        }
        errors++
      }
      if (data65 < 65536 || isNaN(data65)) {
        const err115 = {
          instancePath: instancePath + '/maxFrameBytes',
          schemaPath: '#/properties/maxFrameBytes/minimum',
          keyword: 'minimum',
          params: { comparison: '>=', limit: 65536 },
          message: 'must be >= 65536',
        }
        if (vErrors === null) {
          vErrors = [err115]
        } else {
          vErrors.push(err115)
        }
        errors++
      }
    }
  } else {
    const err116 = { instancePath, schemaPath: '#/type', keyword: 'type', params: { type: 'object' }, message: 'must be object' }
    if (vErrors === null) {
      vErrors = [err116]
    } else {
      vErrors.push(err116)
    }
    errors++
  }
  validate10.errors = vErrors
  return errors === 0
}
export { stdin_default as default, validate }
