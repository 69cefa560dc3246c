import { framePayload, greetingPayloadBytesMax } from '#drivers/transports/device-protocol/frame.ts';
import type { DevicePush } from '#drivers/transports/device-protocol/pushes.ts';
import {
  encodeReplyFrame,
  type DeviceReplies,
  type HelloReply,
} from '#drivers/transports/device-protocol/replies.ts';
import {
  requestTypes,
  type DeviceRequest,
  type RequestKind,
  type RequestOf,
} from '#drivers/transports/device-protocol/requests.ts';
